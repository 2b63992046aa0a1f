import { describe, test as plain } from 'vitest';
import { createWorld, type WorldOf, type WorldOptions } from '../create-world.ts';
import type { DrivenPage } from '../driven-page.ts';
import { endAll } from '../end-all.ts';
import type { Engine } from './engine.ts';
import { type EngineName, engines, passedOver } from './engines.ts';

export type World = WorldOf<DrivenPage>;

type Open = (engine: EngineName, options?: WorldOptions) => Promise<World>;

/**
 * Tests with a browser a file and engine, and a world a test: over HTTPS, since WebKit drops `Secure` cookies elsewhere.
 * After each, no secret may be found where it could outlive a page's memory.
 */
export const test = plain
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern which fixtures are needed
  .extend('launched', { scope: 'file' }, ({}, { onCleanup }) => {
    const running = new Map<EngineName, Promise<Engine>>();
    process.once('disconnect', endAtOnce);
    onCleanup(async () => {
      await endAll([...running.values()].map((engine) => async () => (await engine).close()));
      process.off('disconnect', endAtOnce);
    });
    return (name: EngineName): Promise<Engine> => {
      const engine = running.get(name) ?? engines[name]();
      running.set(name, engine);
      return engine;
    };
  })
  .extend('open', ({ launched }, { onCleanup }): Open => {
    const endings: (() => Promise<void>)[] = [];
    onCleanup(() => endAll(endings));
    return async (name, options) => {
      const { world, end } = await createWorld(async () => (await launched(name)).profile(), { tls: true, ...options });
      endings.push(end);
      return world;
    };
  });

/** Whoever began the test run is gone, and waits for no result. The browsers end with the process that drives them. */
const endAtOnce = () => process.kill(process.pid, 'SIGKILL');

const names = { chromium: 'Chromium', firefox: 'Firefox', webkit: 'WebKit' } as const;

const all: readonly EngineName[] = ['chromium', 'firefox', 'webkit'];

/** Declares the same tests for several engines. Those of an engine that is not there are skipped, and are seen to be. */
export const inEngines = (title: string, declare: (engine: EngineName) => void, among = all): void => {
  for (const engine of among) describe.concurrent(...suite(title, engine, declare));
};

/** The same for tests that want the machine to themselves. */
export const inEnginesByTurns = (title: string, declare: (engine: EngineName) => void): void => {
  for (const engine of all) describe(...suite(title, engine, declare));
};

const suite = (title: string, engine: EngineName, declare: (engine: EngineName) => void) =>
  [`${title}, in ${names[engine]}`, { skip: passedOver.has(engine) }, () => declare(engine)] as const;

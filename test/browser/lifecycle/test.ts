import { test as plain } from 'vitest';
import { createWorld, type WorldOf, type WorldOptions } from '../harness/create-world.ts';
import { endAll } from '../harness/end-all.ts';
import type { HideablePage } from './hideable-page.ts';
import { launchOwn, type OwnChromium } from './own-chromium.ts';
import type { OwnProfile } from './own-profile.ts';

/** A world whose page may be hidden and frozen, in a browser that may sleep. */
export interface OwnWorld extends WorldOf<HideablePage> {
  readonly profile: OwnProfile;
}

type Open = (options?: WorldOptions) => Promise<OwnWorld>;

/** Tests with a Chromium of their own a file, and a world a test. After each, secrets are looked for as everywhere. */
export const test = plain
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern which fixtures are needed
  .extend('own', { scope: 'file' }, async ({}, { onCleanup }): Promise<OwnChromium> => {
    const own = await launchOwn();
    onCleanup(() => own.close());
    return own;
  })
  .extend('open', ({ own }, { onCleanup }): Open => {
    const endings: (() => Promise<void>)[] = [];
    onCleanup(() => endAll(endings));
    return async (options = {}) => {
      const profile = await own.profile();
      const { world, end } = await createWorld(async () => profile, options);
      endings.push(end);
      return { ...world, profile };
    };
  });

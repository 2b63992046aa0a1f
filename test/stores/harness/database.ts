import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { leash } from '../../browser/harness/engines/leash.ts';

/** A database server of this test's own on loopback, with a data folder of its own. */
export interface Database {
  readonly port: number;
  /** What a client connects to; through another port if one is given. */
  url(port?: number): string;
  /** Stops it as an operator does, and starts it again with the data that it has kept. */
  restart(): Promise<void>;
  /** Kills it, so that it can keep nothing more, and starts it again. */
  crash(): Promise<void>;
  /** Stops it and removes its data. */
  stop(): Promise<void>;
}

/** One way to start a server that writes its process id to a file. */
export interface DatabaseProgram {
  readonly program: string;
  readonly args: readonly string[];
  readonly pidFile: string;
  /** What makes it end soon and in order. */
  readonly stopSignal: NodeJS.Signals;
  /** Resolves if it answers. */
  ask(): Promise<unknown>;
}

const STARTS_WITHIN_MS = 20_000;
const ENDS_WITHIN_MS = 10_000;

/** Starts the program, and gives what ends it by a signal. It never outlives this process. */
export async function startDatabase({ program, args, pidFile, stopSignal, ask }: DatabaseProgram) {
  const running = leash(program, args);
  await until(STARTS_WITHIN_MS, `${program} to answer`, async () => {
    if (running.hasEnded()) throw new Error(`${program} has ended by itself.`);
    return ask().then(
      () => true,
      () => false,
    );
  });
  const pid = Number.parseInt(await readFile(pidFile, 'utf8'), 10);
  return async (signal: NodeJS.Signals = stopSignal): Promise<void> => {
    if (!running.hasEnded()) process.kill(pid, signal);
    await until(ENDS_WITHIN_MS, `${program} to end`, async () => running.hasEnded());
    await running.end();
  };
}

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

async function until(withinMs: number, what: string, isDone: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await isDone())) {
    if (Date.now() > end) throw new Error(`Waited ${withinMs} ms for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** Runs the program that the environment calls `LEASHED` for as long as its standard input is open, and in any case no longer. */
export const leashPath = fileURLToPath(new URL('./leash.sh', import.meta.url));

/** A program that ends, with all that it has started, when it is told to or when this process is gone. */
export interface Leashed {
  /** What it writes to its file descriptor 3. */
  readonly told: Readable;
  hasEnded(): boolean;
  end(): Promise<void>;
}

export const leash = (program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Leashed => {
  const shell = spawn(leashPath, args, {
    // A process group of its own, to be ended as a whole.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
    env: { ...env, LEASHED: program },
  });
  const ended = once(shell, 'exit');
  let hasEnded = false;
  const note = () => {
    hasEnded = true;
  };
  ended.then(note, note);
  shell.stdin?.on('error', () => {});
  return {
    told: shell.stdio[3] as Readable,
    hasEnded: () => hasEnded,
    end: async () => {
      shell.stdin?.end();
      await ended.catch(() => {});
    },
  };
};

import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A pipe that has a name, and that ends when it is closed or this process is gone. */
export interface Lifeline {
  readonly path: string;
  close(): Promise<void>;
}

/** For programs on a leash that are started by somebody else, who gives them no standard input. */
export const openLifeline = async (): Promise<Lifeline> => {
  const folder = await mkdtemp(join(tmpdir(), 'silent-refresh-'));
  const path = join(folder, 'lifeline');
  await promisify(execFile)('mkfifo', [path]);
  // For reading, too: to open it for writing alone would wait for the reader.
  const end = await open(path, 'r+');
  return {
    path,
    close: async () => {
      await end.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject, vi } from 'vitest';

/**
 * The folder that `make` has filled: by the first test file of a run that asks for it, while the others wait. Nobody may
 * change anything in it.
 */
export async function oncePerRun(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const place = join(inject('runFolder'), name);
  const folder = join(place, 'made');
  const done = join(place, 'done');
  const failed = join(place, 'failed');
  mkdirSync(place, { recursive: true });
  if (!isFirst(folder)) {
    await vi.waitFor(
      () => {
        if (existsSync(failed)) return;
        if (!existsSync(done)) throw new Error(`Another test file makes ${name}, and does not get ready.`);
      },
      { timeout: 120_000, interval: 50 },
    );
    if (existsSync(failed)) throw new Error(`${name} could not be made: see the failure of another test file.`);
    return folder;
  }
  try {
    await make(folder);
  } catch (error) {
    writeFileSync(failed, '');
    throw error;
  }
  writeFileSync(done, '');
  return folder;
}

/** Whether this file is the first one that asks: of all that do, one alone creates the folder. */
function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

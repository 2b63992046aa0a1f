import { once } from 'node:events';
import { type Leashed, leash } from '../leash.ts';

/** A screen that nobody sees. */
export interface Screen extends Pick<Leashed, 'end'> {
  /** What `DISPLAY` is for programs that are to show themselves on it. */
  readonly display: string;
}

/** Starts an X server, which picks a number that is free. */
export const startScreen = async (program: string): Promise<Screen> => {
  const server = leash(program, ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp']);
  try {
    const [number] = await once(server.told, 'data', { signal: AbortSignal.timeout(30_000) });
    return { display: `:${String(number).trim()}`, end: server.end };
  } catch (cause) {
    await server.end();
    throw new Error('The X server does not start.', { cause });
  }
};

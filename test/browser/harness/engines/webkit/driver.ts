import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { eventually } from '../../eventually.ts';
import { type Leashed, leash } from '../leash.ts';
import { type Command, webDriver } from './webdriver.ts';

/** A WebKitWebDriver that is running; it has one session at a time. */
export interface Driver extends Pick<Leashed, 'end'> {
  readonly command: Command;
}

const attempts = 3;

/** Starts a driver whose browser shows itself on `display`. */
export const startDriver = async (program: string, display: string): Promise<Driver> => {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const process = leash(program, [`--port=${port}`], environment(display));
    const command = webDriver(`http://127.0.0.1:${port}`);
    try {
      await eventually(() => (process.hasEnded() ? undefined : command('GET', '/status')), { timeout: 30_000 });
      if (!process.hasEnded()) return { command, end: process.end };
    } catch (cause) {
      await process.end();
      throw new Error('WebKitWebDriver does not start.', { cause });
    }
    // Somebody else may have taken the port in the meantime.
    if (attempt === attempts) throw new Error('WebKitWebDriver ends as soon as it has started.');
  }
};

const environment = (display: string): NodeJS.ProcessEnv => ({
  ...process.env,
  DISPLAY: display,
  GDK_BACKEND: 'x11',
  LIBGL_ALWAYS_SOFTWARE: '1',
  NO_AT_BRIDGE: '1',
  // Root may not make the namespaces that the sandbox is made of.
  ...(process.getuid?.() === 0 && { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' }),
});

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

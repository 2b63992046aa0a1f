import type { Command } from './webdriver.ts';

/** A browser that a driver has started, with a profile that it forgets. */
export interface Session {
  /** Sends commands to a window, as the only one that does: the driver knows but one window at a time. */
  inWindow<Value>(handle: string, run: (command: Command) => Promise<Value>): Promise<Value>;
  /** The first window is there from the start; the others are windows too, since tabs in the background answer slowly. */
  openWindow(): Promise<string>;
  end(): Promise<void>;
}

const capabilities = (binary: string) => ({
  alwaysMatch: {
    acceptInsecureCerts: true,
    timeouts: { script: 30_000, pageLoad: 45_000 },
    'webkitgtk:browserOptions': { binary, args: ['--automation'] },
  },
});

export const startSession = async (driver: Command, browser: string): Promise<Session> => {
  const { sessionId } = await driver<{ readonly sessionId: string }>('POST', '/session', {
    capabilities: capabilities(browser),
  });
  const command: Command = (method, path, parameters) => driver(method, `/session/${sessionId}${path}`, parameters);
  let unused: string | undefined = await command<string>('GET', '/window');
  let current: string | undefined = unused;
  let last: Promise<unknown> = Promise.resolve();

  const alone = <Value>(run: () => Promise<Value>): Promise<Value> => {
    const turn = last.then(run, run);
    last = turn;
    return turn;
  };

  return {
    inWindow: (handle, run) =>
      alone(async () => {
        if (current !== handle) await command('POST', '/window', { handle });
        current = handle;
        return run(command);
      }),
    openWindow: () =>
      alone(async () => {
        const first = unused;
        unused = undefined;
        if (first !== undefined) return first;
        return (await command<{ readonly handle: string }>('POST', '/window/new', { type: 'window' })).handle;
      }),
    end: () => alone(() => command('DELETE', '')),
  };
};

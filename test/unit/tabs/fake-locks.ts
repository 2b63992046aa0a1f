import type { Locks } from '../../../src/platform/platform.ts';

/** Tells of what takes its time: to whom, what it brings, and how to deliver it. */
type Pass = (tab: string, brings: string, deliver: () => void) => void;

interface Request {
  readonly tab: string;
  readonly tokenSet: () => void;
}

/** The lock manager of a browser: exclusive locks, first come, first served. */
export const createFakeLocks = (pass: Pass) => {
  const queues = new Map<string, Request[]>();

  const release = (name: string, request: Request) => {
    const queue = queues.get(name) ?? [];
    const wasFirst = queue[0] === request;
    queue.splice(queue.indexOf(request), queue.includes(request) ? 1 : 0);
    if (wasFirst) queue[0]?.tokenSet();
  };

  return {
    /** Who has a lock, and who waits for it. */
    queue: (name: string): string[] => (queues.get(name) ?? []).map(({ tab }) => tab),
    names: (): string[] => [...queues.keys()].filter((name) => queues.get(name)?.length),
    /** A page that never lets go. */
    take: (name: string): void => {
      queues.set(name, [{ tab: 'hostile', tokenSet: () => {} }, ...(queues.get(name) ?? [])]);
    },
    /** A tab is gone: what it had is free, what it waited for is forgotten. */
    vacate: (tab: string): void => {
      for (const [name, queue] of queues) {
        for (const request of queue.filter((one) => one.tab === tab)) release(name, request);
      }
    },
    /** What a tab sees of it. `inTab` runs something in the tab, when it can. */
    of: (tab: string, inTab: (run: () => void) => void): Locks => ({
      request: (name, wait, held) =>
        new Promise<void>((resolve, reject) => {
          const queue = queues.get(name) ?? [];
          queues.set(name, queue);
          const run = (isGranted: boolean) =>
            pass(tab, `${name} ${isGranted}`, () =>
              inTab(() => {
                held(isGranted)
                  .finally(() => release(name, request))
                  .then(resolve, reject);
              }),
            );
          const request: Request = {
            tab,
            tokenSet: () => {
              if (wait !== 'never') wait.removeEventListener('abort', aborted);
              run(true);
            },
          };
          const aborted = () => {
            release(name, request);
            reject(new DOMException('', 'AbortError'));
          };
          if (wait === 'never' && queue.length > 0) return run(false);
          if (wait !== 'never' && wait.aborted) return reject(new DOMException('', 'AbortError'));
          queue.push(request);
          if (queue.length === 1) request.tokenSet();
          else if (wait !== 'never') wait.addEventListener('abort', aborted);
        }),
    }),
  };
};

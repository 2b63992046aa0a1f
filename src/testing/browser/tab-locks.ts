import type { Locks } from '../../platform/platform.ts';

/** Passes on what takes its time: to which tab, what it brings, and how to deliver it. */
export type Pass = (tab: string, brings: string, deliver: () => void) => void;

interface LockRequest {
  readonly tab: string;
  readonly grant: () => void;
}

/** The lock manager of a browser: exclusive locks, first come, first served. */
export interface TabLocks {
  /** What a tab sees of it. `inTab` runs something in the tab, when it can. */
  of(tab: string, inTab: (run: () => void) => void): Locks;
  /** A tab is gone: what it had is free, what it waited for is forgotten. */
  vacate(tab: string): void;
  /** Who has a lock, and who waits for it. */
  queue(name: string): string[];
  names(): string[];
  /** Gives a lock to a page that never lets go. */
  take(name: string): void;
}

export function createTabLocks(pass: Pass): TabLocks {
  const queues = new Map<string, LockRequest[]>();

  const release = (name: string, request: LockRequest) => {
    const queue = queues.get(name) ?? [];
    const wasFirst = queue[0] === request;
    queue.splice(queue.indexOf(request), queue.includes(request) ? 1 : 0);
    if (wasFirst) queue[0]?.grant();
  };

  return {
    queue: (name) => (queues.get(name) ?? []).map(({ tab }) => tab),
    names: () => [...queues.keys()].filter((name) => queues.get(name)?.length),
    take: (name) => {
      queues.set(name, [{ tab: 'hostile', grant: () => {} }, ...(queues.get(name) ?? [])]);
    },
    vacate: (tab) => {
      for (const [name, queue] of queues) {
        for (const request of queue.filter((one) => one.tab === tab)) release(name, request);
      }
    },
    of: (tab, inTab) => ({
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
          const request: LockRequest = {
            tab,
            grant: () => {
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
          if (queue.length === 1) request.grant();
          else if (wait !== 'never') wait.addEventListener('abort', aborted);
        }),
    }),
  };
}

/** Lets few passwords be hashed at once: each takes 64 MiB and a core. */
export interface PasswordQueue {
  /** Whether so many wait already that another one had better come back later. */
  isFull(): boolean;
  /** Does the work when its turn comes. */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
}

const MAX_AT_ONCE = 2;
const MAX_WAITING = 8;

export function createPasswordQueue(): PasswordQueue {
  const waiting: (() => void)[] = [];
  let running = 0;

  return {
    isFull: () => waiting.length >= MAX_WAITING,
    async run(work) {
      if (running < MAX_AT_ONCE) running += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        // The place goes straight to the next in line, or a newcomer could take it in between.
        const next = waiting.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };
}

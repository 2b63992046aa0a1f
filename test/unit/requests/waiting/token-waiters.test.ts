import { describe, expect, it } from 'vitest';
import { withoutRoom } from '../../../../src/requests/waiting/hold-calls.ts';
import { createWaiters, type Judge, type Waiting } from '../../../../src/requests/waiting/token-waiters.ts';
import { createFakePlatform, flush } from '../../fake-platform.ts';

/** Waiters for one thing, which comes when `over` is set; three may wait for a sign-in. */
const createFixture = () => {
  const result: { over: (() => string) | undefined } = { over: undefined };
  let changes = 0;
  const { clock, advance } = createFakePlatform(() => Promise.reject(new TypeError('no network here')));
  const waiters = createWaiters(
    clock,
    (held) => withoutRoom(held, 3),
    () => {
      changes++;
    },
  );
  const wait = (signal?: AbortSignal | null, inMs = 10_000, more: Partial<Waiting> = {}) => {
    const judge: Judge<string> = (forced) => {
      if (forced === 'no-room') return () => forced;
      if (forced === undefined) return result.over ?? { for: 'token', inMs, ...more };
      return () => {
        throw signal?.reason;
      };
    };
    return waiters.wait(judge, signal);
  };
  return {
    waiters,
    advance,
    end: (over: () => string) => {
      result.over = over;
    },
    wait,
    hold: (isRead: boolean) => wait(undefined, 10_000, { for: 'sign-in', isRead }),
    changes: () => changes,
  };
};

/** A signal that counts its listeners. */
const createCountedSignal = () => {
  const abort = new AbortController();
  const { signal } = abort;
  const listeners = new Set<unknown>();
  const counted = new Proxy(signal, {
    get: (target, name) => {
      if (name === 'addEventListener') {
        return (...args: Parameters<AbortSignal['addEventListener']>) => {
          listeners.add(args[1]);
          target.addEventListener(...args);
        };
      }
      if (name === 'removeEventListener') {
        return (...args: Parameters<AbortSignal['removeEventListener']>) => {
          listeners.delete(args[1]);
          target.removeEventListener(...args);
        };
      }
      return Reflect.get(target, name, target) as unknown;
    },
  });
  return { signal: counted, listeners: () => listeners.size };
};

describe('a wait', () => {
  it('that is over at once resolves without anybody waiting', async () => {
    const { wait, end, waiters, changes } = createFixture();
    end(() => 'there');
    await expect(wait()).resolves.toBe('there');
    expect(waiters.count('token')).toBe(0);
    expect(changes()).toBe(0);
  });

  it('goes on until it is judged to be over', async () => {
    const { wait, end, waiters } = createFixture();
    const waiting = wait();
    waiters.settle();
    expect(waiters.count('token')).toBeGreaterThan(0);
    end(() => 'there');
    waiters.settle();
    await expect(waiting).resolves.toBe('there');
    expect(waiters.count('token')).toBe(0);
  });

  it('that is settled with others gets its result after theirs, once the code that runs now is done', async () => {
    const { wait, end, waiters } = createFixture();
    const told: string[] = [];
    const results = ['first', 'second'];
    for (const waiting of [wait(), wait()]) void waiting.then((result) => told.push(result));
    end(() => results.shift() ?? 'none');
    waiters.settle();
    expect(results).toEqual(['first', 'second']);
    await flush();
    expect(told).toEqual(['first', 'second']);
  });

  it('rejects with what its result throws', async () => {
    const { wait, end, waiters } = createFixture();
    const waiting = wait();
    end(() => {
      throw new Error('ended');
    });
    waiters.settle();
    await expect(waiting).rejects.toThrow('ended');
  });

  it('for a fact needs no token', () => {
    const { waiters, wait } = createFixture();
    void wait(undefined, 500, { for: 'fact' });
    expect(waiters.count('token')).toBe(0);
    expect(waiters.count('fact')).toBe(1);
    expect(waiters.dueInMs()).toBe(500);
  });

  it('is announced if it is the first', () => {
    const { wait, changes } = createFixture();
    void wait();
    expect(changes()).toBe(1);
  });

  it('that is due before the others is announced', () => {
    const { waiters, wait, changes } = createFixture();
    void wait(undefined, 500);
    waiters.dueInMs();
    void wait(undefined, 600);
    expect(changes()).toBe(1);
    void wait(undefined, 400);
    expect(changes()).toBe(2);
  });

  it('that is due with the first of the others is not', () => {
    const { waiters, wait, changes } = createFixture();
    void wait(undefined, 500);
    waiters.dueInMs();
    void wait(undefined, 500);
    expect(changes()).toBe(1);
  });

  it('is announced if it is the first of its kind, though others are due before', () => {
    const { waiters, wait, changes } = createFixture();
    void wait(undefined, 500, { for: 'fact' });
    waiters.dueInMs();
    void wait(undefined, 600);
    expect(changes()).toBe(2);
  });

  it('is due when the first of them is, and after it the next', async () => {
    const { waiters, wait, advance } = createFixture();
    const abort = new AbortController();
    const first = wait(abort.signal, 500);
    await advance(100);
    void wait(undefined, 500);
    expect(waiters.dueInMs()).toBe(400);
    abort.abort();
    await expect(first).rejects.toThrow();
    expect(waiters.dueInMs()).toBe(500);
  });
});

describe('a wait for a sign-in', () => {
  it('needs no token', () => {
    const { waiters, hold } = createFixture();
    void hold(true);
    expect(waiters.count('token')).toBe(0);
    expect(waiters.count('sign-in')).toBe(1);
  });

  it('is announced, each time', () => {
    const { hold, changes } = createFixture();
    void hold(true);
    void hold(true);
    expect(changes()).toBe(2);
  });

  it('that is one too many ends the oldest read', async () => {
    const { waiters, hold } = createFixture();
    void hold(false);
    const read = hold(true);
    void hold(true);
    void hold(false);
    await expect(read).resolves.toBe('no-room');
    expect(waiters.count('sign-in')).toBe(3);
  });

  it('does not end waits for a token', async () => {
    const { waiters, wait, hold } = createFixture();
    void wait(undefined, 10_000, { isRead: true });
    for (let held = 0; held < 3; held++) void hold(false);
    expect([waiters.count('token'), waiters.count('sign-in')]).toEqual([1, 3]);
  });

  it('that began as a wait for a token is bounded in number as well', async () => {
    const { waiters } = createFixture();
    let isLockedOut = false;
    const calls = Array.from({ length: 100 }, (_, nth) =>
      waiters.wait<string>((forced) => {
        if (forced !== undefined) return () => `${nth} ${forced}`;
        return { for: isLockedOut ? 'sign-in' : 'token', inMs: 1000, isRead: nth !== 7 };
      }),
    );
    isLockedOut = true;
    waiters.settle();
    expect(waiters.count('token')).toBe(0);
    expect(waiters.count('sign-in')).toBe(3);
    const ended = await Promise.all(calls.filter((_, nth) => nth < 98 && nth !== 7));
    expect(ended[0]).toBe('0 no-room');
  });
});

describe('an abort', () => {
  it('RT-13 rejects that caller at once with its own reason, and nobody else', async () => {
    const { waiters, wait, end } = createFixture();
    const abort = new AbortController();
    const reason = new Error('changed my mind');
    const aborted = wait(abort.signal);
    const others = Array.from({ length: 4 }, () => wait());
    abort.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    expect(waiters.count('token')).toBeGreaterThan(0);
    end(() => 'there');
    waiters.settle();
    await expect(Promise.all(others)).resolves.toEqual(['there', 'there', 'there', 'there']);
  });

  it('is an AbortError if no reason was given', async () => {
    const { wait } = createFixture();
    const abort = new AbortController();
    const aborted = wait(abort.signal);
    abort.abort();
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('before the wait rejects, though the token is there', async () => {
    const { wait, end, waiters } = createFixture();
    end(() => 'there');
    await expect(wait(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    expect(waiters.dueInMs()).toBe(Number.POSITIVE_INFINITY);
  });

  it('of the last caller ends the demand', async () => {
    const { wait, waiters, changes } = createFixture();
    const abort = new AbortController();
    const aborted = wait(abort.signal);
    abort.abort();
    await expect(aborted).rejects.toThrow();
    expect(waiters.count('token')).toBe(0);
    expect(changes()).toBe(2);
  });

  it('after the end of the wait changes nothing', async () => {
    const { wait, end, waiters, changes } = createFixture();
    const abort = new AbortController();
    const waiting = wait(abort.signal);
    end(() => 'there');
    waiters.settle();
    abort.abort();
    await expect(waiting).resolves.toBe('there');
    expect(changes()).toBe(1);
  });

  it('is no longer listened for after the wait, so that no signal keeps a call in memory', async () => {
    const { wait, end, waiters } = createFixture();
    const { signal, listeners } = createCountedSignal();
    const calls = Array.from({ length: 10 }, () => wait(signal));
    expect(listeners()).toBe(10);
    end(() => 'there');
    waiters.settle();
    await Promise.all(calls);
    expect(listeners()).toBe(0);
  });

  it('is not listened for if there was nothing to wait for', async () => {
    const { wait, end } = createFixture();
    const { signal, listeners } = createCountedSignal();
    end(() => 'there');
    await wait(signal);
    expect(listeners()).toBe(0);
  });
});

describe('10,000 callers', () => {
  it('all settle', async () => {
    const { wait, end, waiters } = createFixture();
    const calls = Array.from({ length: 10_000 }, () => wait());
    end(() => 'there');
    waiters.settle();
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['there']));
    expect(waiters.dueInMs()).toBe(Number.POSITIVE_INFINITY);
    expect(waiters.count('token')).toBe(0);
  });

  it('all settle, half of them by their abort', async () => {
    const { wait, end, waiters } = createFixture();
    const abort = new AbortController();
    const calls = Array.from({ length: 10_000 }, (_, index) => wait(index % 2 ? abort.signal : null));
    abort.abort();
    end(() => 'there');
    waiters.settle();
    const settled = await Promise.allSettled(calls);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(5000);
    expect(waiters.count('token')).toBe(0);
  });
});

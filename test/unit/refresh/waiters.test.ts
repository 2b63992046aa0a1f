import { describe, expect, it } from 'vitest';
import { createWaiters, type Judge } from '../../../src/refresh/waiters.ts';

const at = (ms: number) => ({ wallAt: ms, monotonicAt: ms });

/** Waiters for one thing, which comes when `over` is set. */
const createFixture = () => {
  const result: { over: (() => string) | undefined } = { over: undefined };
  let changes = 0;
  const waiters = createWaiters(() => {
    changes++;
  });
  const judge: Judge<string> = () => result.over;
  return {
    waiters,
    end: (over: () => string) => {
      result.over = over;
    },
    wait: (signal?: AbortSignal | null, askedMs = 0) => waiters.wait(at(askedMs), true, judge, signal),
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
    expect(waiters.isTokenWanted()).toBe(false);
    expect(changes()).toBe(0);
  });

  it('goes on until it is judged to be over', async () => {
    const { wait, end, waiters } = createFixture();
    const waiting = wait();
    waiters.settle();
    expect(waiters.isTokenWanted()).toBe(true);
    end(() => 'there');
    waiters.settle();
    await expect(waiting).resolves.toBe('there');
    expect(waiters.isTokenWanted()).toBe(false);
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

  it('for a fact wants no token', () => {
    const { waiters } = createFixture();
    void waiters.wait(at(0), false, () => undefined);
    expect(waiters.isTokenWanted()).toBe(false);
    expect(waiters.oldestAt()).toEqual(at(0));
  });

  it('is told of when it is the first', () => {
    const { wait, changes } = createFixture();
    void wait();
    expect(changes()).toBe(1);
  });

  it('names the oldest, and after it the next', async () => {
    const { waiters, wait } = createFixture();
    const abort = new AbortController();
    const first = wait(abort.signal, 10);
    void wait(undefined, 20);
    expect(waiters.oldestAt()).toEqual(at(10));
    abort.abort();
    await expect(first).rejects.toThrow();
    expect(waiters.oldestAt()).toEqual(at(20));
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
    expect(waiters.isTokenWanted()).toBe(true);
    end(() => 'there');
    waiters.settle();
    await expect(Promise.all(others)).resolves.toEqual(['there', 'there', 'there', 'there']);
  });

  it('is an AbortError where no reason was given', async () => {
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
    expect(waiters.oldestAt()).toBeUndefined();
  });

  it('of the last caller ends the demand', async () => {
    const { wait, waiters, changes } = createFixture();
    const abort = new AbortController();
    const aborted = wait(abort.signal);
    abort.abort();
    await expect(aborted).rejects.toThrow();
    expect(waiters.isTokenWanted()).toBe(false);
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

  it('is no longer listened for after the wait, so that no signal pins a call', async () => {
    const { wait, end, waiters } = createFixture();
    const { signal, listeners } = createCountedSignal();
    const calls = Array.from({ length: 10 }, () => wait(signal));
    expect(listeners()).toBe(10);
    end(() => 'there');
    waiters.settle();
    await Promise.all(calls);
    expect(listeners()).toBe(0);
  });

  it('is not listened for where there was nothing to wait for', async () => {
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
    expect(waiters.oldestAt()).toBeUndefined();
    expect(waiters.isTokenWanted()).toBe(false);
  });

  it('all settle, half of them by their abort', async () => {
    const { wait, end, waiters } = createFixture();
    const abort = new AbortController();
    const calls = Array.from({ length: 10_000 }, (_, turn) => wait(turn % 2 ? abort.signal : null));
    abort.abort();
    end(() => 'there');
    waiters.settle();
    const settled = await Promise.allSettled(calls);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(5000);
    expect(waiters.isTokenWanted()).toBe(false);
  });
});

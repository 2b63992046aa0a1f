import { describe, expect, it } from 'vitest';
import { createRequestQueue } from '../../../src/tabs/request-queue.ts';
import { createFakePlatform, flush } from '../fake-platform.ts';

const HOLD = 60_000;

const createFixture = () => {
  const platform = createFakePlatform(() => Promise.reject(new TypeError('no network here')));
  const log: string[] = [];
  const enqueue = createRequestQueue(platform.clock, HOLD);
  /** Takes a slot that is released when `end` is called. */
  const take = (name: string, waitMs: number) => {
    let end: (how?: 'badly') => void = () => {};
    const result = enqueue(() => {
      log.push(`${name} begins`);
      return new Promise<string>((resolve, reject) => {
        end = (how) => {
          log.push(`${name} ends`);
          if (how === 'badly') reject(new Error(name));
          else resolve(name);
        };
      });
    }, waitMs);
    return { result, end: (how?: 'badly') => end(how) };
  };
  return { platform, take, log, enqueue };
};

describe('a request in the queue', () => {
  it('is taken within the call if nobody has one', () => {
    const { take, log } = createFixture();
    take('a', 3000);
    expect(log).toEqual(['a begins']);
  });

  it('is taken within the call if it does not wait', () => {
    const { take, log } = createFixture();
    take('a', 3000);
    take('b', 0);
    expect(log).toEqual(['a begins', 'b begins']);
  });

  it('waits until the one before is over', async () => {
    const { take, log } = createFixture();
    const a = take('a', 3000);
    take('b', 3000);
    await flush();
    expect(log).toEqual(['a begins']);
    a.end();
    await flush();
    expect(log).toEqual(['a begins', 'a ends', 'b begins']);
  });

  it('comes in the order of asking, one at a time', async () => {
    const { take, log } = createFixture();
    const queue = ['a', 'b', 'c', 'd'].map((name) => take(name, 3000));
    for (const { end } of queue) {
      end();
      await flush();
    }
    expect(log).toEqual(['a', 'b', 'c', 'd'].flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  it('passes its result, and its error, on', async () => {
    const { take } = createFixture();
    const a = take('a', 3000);
    const b = take('b', 3000);
    a.end('badly');
    await expect(a.result).rejects.toThrow('a');
    await flush();
    b.end();
    await expect(b.result).resolves.toBe('b');
  });

  it('of one that fails is over, too', async () => {
    const { take, log } = createFixture();
    const a = take('a', 3000);
    take('b', 3000);
    a.end('badly');
    await expect(a.result).rejects.toThrow();
    await flush();
    expect(log).toContain('b begins');
  });

  it('is waited for no longer than said', async () => {
    const { platform, take, log } = createFixture();
    take('a', 3000);
    take('b', 3000);
    await platform.advance(2999);
    expect(log).not.toContain('b begins');
    await platform.advance(1);
    expect(log).toContain('b begins');
  });

  it('of one that did not wait is waited for by the next', async () => {
    const { take, log } = createFixture();
    const a = take('a', 3000);
    const b = take('b', 0);
    take('c', 3000);
    b.end();
    await flush();
    expect(log).not.toContain('c begins');
    a.end();
    await flush();
    expect(log).toContain('c begins');
  });

  it('that hangs holds nobody up for ever', async () => {
    const { platform, take, log } = createFixture();
    take('a', 3000);
    await platform.advance(HOLD);
    take('b', 3000);
    expect(log).toEqual(['a begins', 'b begins']);
  });

  it('leaves no timer behind', async () => {
    const { platform, take } = createFixture();
    const a = take('a', 3000);
    const b = take('b', 3000);
    a.end();
    await flush();
    b.end();
    await flush();
    expect(platform.timers()).toBe(0);
  });

  it('leaves no timer behind if it failed', async () => {
    const { platform, take } = createFixture();
    const a = take('a', 3000);
    a.end('badly');
    await expect(a.result).rejects.toThrow();
    await flush();
    expect(platform.timers()).toBe(0);
  });

  it('is free again after any number of others', async () => {
    const { enqueue, log } = createFixture();
    for (let n = 0; n < 100; n++) await enqueue(async () => {}, 3000);
    await flush();
    void enqueue(async () => void log.push('at once'), 3000);
    expect(log).toEqual(['at once']);
  });
});

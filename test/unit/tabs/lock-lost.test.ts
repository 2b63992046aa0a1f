import { describe, expect, it } from 'vitest';
import { createLock } from '../../../src/tabs/lock.ts';
import { outcome } from '../client/world.ts';
import { createFakePlatform, flush } from '../fake-platform.ts';
import { createExchange, createPages, hold, locksThat, waitMs } from './lock-fixture.ts';

describe('a lock that is lost', () => {
  const lostError = () => Promise.reject(new DOMException('', 'AbortError'));

  it('TAB-6 while the exchange runs leaves its result, and does not repeat it', async () => {
    const exchange = createExchange();
    const locks = locksThat((_name, _wait, held) => {
      void held(true);
      return lostError();
    });
    const result = createPages().page('a', locks)(exchange.run, waitMs);
    await flush();
    exchange.end();
    expect(await result).toBe('done');
    expect(exchange.begun).toEqual(['at-once']);
  });

  it('TAB-6 while the exchange runs leaves its error', async () => {
    const exchange = createExchange();
    const locks = locksThat((_name, _wait, held) => {
      void held(true);
      return lostError();
    });
    const result = createPages().page('a', locks)(exchange.run, waitMs);
    await flush();
    exchange.fail(new RangeError());
    expect(await outcome(result)).toBe('RangeError');
    expect(exchange.begun).toEqual(['at-once']);
  });

  it.each(['SecurityError', 'InvalidStateError', 'NotSupportedError'])(
    'before it is had (%s) is done without',
    async (error) => {
      const exchange = createExchange();
      let asked = 0;
      const locks = locksThat(() => {
        asked++;
        return Promise.reject(new DOMException('', error));
      });
      const { page, timers } = createPages();
      const result = page('a', locks)(exchange.run, waitMs);
      await flush();
      exchange.end();
      expect(await result).toBe('done');
      expect(exchange.begun).toEqual(['waited']);
      expect(asked).toBe(3);
      expect(timers()).toBe(0);
    },
  );

  it('where there are none is not missed', async () => {
    const exchange = createExchange();
    const result = createLock(
      undefined,
      createFakePlatform(() => Promise.reject(new Error())).clock,
      () => 'x',
      hold,
    )(exchange.run, waitMs);
    exchange.end();
    expect(await result).toBe('done');
    expect(exchange.begun).toEqual(['at-once']);
  });
});

import { describe, expect, it } from 'vitest';
import { createLock } from '../../../src/tabs/lock.ts';
import { outcome } from '../client/world.ts';
import { createFakePlatform, flush } from '../fake-platform.ts';
import { createAuthRequest, createPages, hold, locksThat, waitMs } from './lock-scene.ts';

describe('a lock that is lost', () => {
  const lostError = () => Promise.reject(new DOMException('', 'AbortError'));

  it('TAB-6 while the request runs does not change its result, and does not repeat it', async () => {
    const request = createAuthRequest();
    const locks = locksThat((_name, _wait, held) => {
      void held(true);
      return lostError();
    });
    const result = createPages().page('a', locks)(request.run, waitMs);
    await flush();
    request.end();
    expect(await result).toBe('done');
    expect(request.begun).toEqual(['at-once']);
  });

  it('TAB-6 while the request runs does not change its error', async () => {
    const request = createAuthRequest();
    const locks = locksThat((_name, _wait, held) => {
      void held(true);
      return lostError();
    });
    const result = createPages().page('a', locks)(request.run, waitMs);
    await flush();
    request.fail(new RangeError());
    expect(await outcome(result)).toBe('RangeError');
    expect(request.begun).toEqual(['at-once']);
  });

  it.each(['SecurityError', 'InvalidStateError', 'NotSupportedError'])(
    'before it is had (%s) is done without',
    async (error) => {
      const request = createAuthRequest();
      let asked = 0;
      const locks = locksThat(() => {
        asked++;
        return Promise.reject(new DOMException('', error));
      });
      const { page, timers } = createPages();
      const result = page('a', locks)(request.run, waitMs);
      await flush();
      request.end();
      expect(await result).toBe('done');
      expect(request.begun).toEqual(['waited']);
      expect(asked).toBe(3);
      expect(timers()).toBe(0);
    },
  );

  it('where there are none is not missed', async () => {
    const request = createAuthRequest();
    const result = createLock(
      undefined,
      createFakePlatform(() => Promise.reject(new Error())).clock,
      () => 'x',
      hold,
    )(request.run, waitMs);
    request.end();
    expect(await result).toBe('done');
    expect(request.begun).toEqual(['at-once']);
  });
});

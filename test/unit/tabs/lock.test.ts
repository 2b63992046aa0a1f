import { describe, expect, it } from 'vitest';
import { outcome } from '../client/world.ts';
import { flush } from '../fake-platform.ts';
import { createAuthRequest, createPages, name, waitMs } from './lock-scene.ts';

describe('a lock that is free', () => {
  it('TAB-6 is taken at once, and held for as long as the request runs', async () => {
    const { manager, page } = createPages();
    const request = createAuthRequest();
    const result = page('a')(request.run, waitMs);
    await flush();
    expect(request.begun).toEqual(['at-once']);
    expect(manager.queue(name)).toEqual(['a']);
    request.end();
    expect(await result).toBe('done');
    await flush();
    expect(manager.queue(name)).toEqual([]);
  });

  // The result is told from within the callback that the lock lasts for: listeners run before its release.
  it('is let go of before anybody hears of the result', async () => {
    const { manager, page } = createPages();
    const queue = await page('a')(async () => 'x', waitMs).then(() => manager.queue(name));
    expect(queue).toEqual([]);
  });

  it('is released when the request rejects, and the caller gets the error', async () => {
    const { manager, page } = createPages();
    const result = page('a')(() => Promise.reject(new RangeError()), waitMs);
    expect(await outcome(result)).toBe('RangeError');
    await flush();
    expect(manager.queue(name)).toEqual([]);
  });

  // The throw is taken for the loss of a lock under which the request still runs.
  it('is released when the request throws, and the caller gets the error', async () => {
    const { manager, page } = createPages();
    const throws = (): Promise<never> => {
      throw new RangeError();
    };
    const result = page('a')(throws, waitMs);
    result.catch(() => {});
    await flush();
    expect(manager.queue(name)).toEqual([]);
    expect(await Promise.race([outcome(result), flush().then(() => 'nothing')])).toBe('RangeError');
  });

  it('leaves no timer and no listener behind', async () => {
    const { page, timers } = createPages();
    await page('a')(async () => 'x', waitMs);
    expect(timers()).toBe(0);
  });
});

describe('a lock that another page has', () => {
  it('is waited for, and the request is told so', async () => {
    const { page, advance, timers } = createPages();
    const [first, second] = [createAuthRequest(), createAuthRequest()];
    void page('a')(first.run, waitMs);
    const result = page('b')(second.run, waitMs);
    await advance(1000);
    expect(second.begun).toEqual([]);
    first.end();
    await flush();
    expect(second.begun).toEqual(['waited']);
    expect(timers()).toBe(0);
    second.end('late');
    expect(await result).toBe('late');
  });

  it('for ever costs the wait: then the request gets a second lock, and is told so', async () => {
    const { manager, page, advance } = createPages();
    manager.take(name);
    const request = createAuthRequest();
    const result = page('b')(request.run, waitMs);
    await advance(waitMs - 1);
    expect(request.begun).toEqual([]);
    await advance(1);
    expect(request.begun).toEqual(['unlocked']);
    expect(manager.queue(`${name}:second`)).toEqual(['b']);
    request.end();
    expect(await result).toBe('done');
    expect([manager.queue(name), manager.queue(`${name}:second`)]).toEqual([['hostile'], []]);
  });

  it('TAB-3 for ever, like the second one, costs at most two waits: then the request runs without, and is told so', async () => {
    const { manager, page, advance, timers } = createPages();
    manager.take(name);
    manager.take(`${name}:second`);
    const request = createAuthRequest();
    const result = page('b')(request.run, waitMs);
    await advance(2 * waitMs - 1);
    expect(request.begun).toEqual([]);
    await advance(1);
    expect(request.begun).toEqual(['unlocked']);
    request.end();
    expect(await result).toBe('done');
    expect(timers()).toBe(0);
  });

  it('TAB-13 is not waited for beside the second one: a page stands in one line at a time', async () => {
    const { manager, page, advance } = createPages();
    const lines = () => [manager.queue(name), manager.queue(`${name}:second`)];
    manager.take(name);
    manager.take(`${name}:second`);
    void page('b')(createAuthRequest().run, waitMs);
    await advance(waitMs - 1);
    expect(lines()).toEqual([['hostile', 'b'], ['hostile']]);
    await advance(waitMs - 1);
    expect(lines()).toEqual([['hostile'], ['hostile', 'b']]);
    await advance(2);
    expect(lines()).toEqual([['hostile'], ['hostile']]);
  });

  it('is not waited for any longer when there is a hurry', async () => {
    const { manager, page, advance, timers } = createPages();
    manager.take(name);
    manager.take(`${name}:second`);
    const request = createAuthRequest();
    const hurry = new AbortController();
    void page('b')(request.run, waitMs, hurry.signal);
    await advance(100);
    hurry.abort();
    await flush();
    expect(request.begun).toEqual(['waited']);
    expect(timers()).toBe(0);
    expect(manager.queue(name)).toEqual(['hostile']);
  });

  it('is not waited for at all in a hurry from before', async () => {
    const { manager, page } = createPages();
    manager.take(name);
    const request = createAuthRequest();
    void page('b')(request.run, waitMs, AbortSignal.abort());
    await flush();
    expect(request.begun).toEqual(['waited']);
  });
});

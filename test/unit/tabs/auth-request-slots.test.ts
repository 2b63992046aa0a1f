import { describe, expect, it } from 'vitest';
import type { Locks } from '../../../src/platform/platform.ts';
import { createAuthRequestSlots } from '../../../src/tabs/auth-request-slots.ts';
import { createTabLocks } from '../../../src/testing/browser/tab-locks.ts';
import { watched } from '../client/world.ts';
import { createFakePlatform, flush } from '../fake-platform.ts';
import { createAuthRequest, locksThat, name } from './lock-scene.ts';

/** Two pages of one session. */
const createPages = (ownLocks?: Locks) => {
  const { clock, advance } = createFakePlatform(() => Promise.reject(new Error()));
  const manager = createTabLocks((_tab, _brings, deliver) => deliver());
  const page = (tab: string) => {
    const locks = ownLocks ?? manager.of(tab, (run) => run());
    return createAuthRequestSlots({ clock, locks, name: () => name, lockWaitMs: 3000, presumedLostMs: 15_000 });
  };
  return { manager, advance, a: page('a'), b: page('b') };
};

const silent = locksThat(() => new Promise(() => {}));

describe('a request that waits for nobody', () => {
  it('is sent within the call, even if the lock manager never answers', () => {
    const { a } = createPages(silent);
    const request = createAuthRequest();
    void a.enqueue(() => request.run('at-once'), 0);
    expect(request.begun).toEqual(['at-once']);
  });

  it('is sent within the call while another tab has the lock, and the tabs after it wait for it', async () => {
    const { a, b, manager } = createPages();
    const [first, second, third] = [createAuthRequest(), createAuthRequest(), createAuthRequest()];
    void a.enqueueRefresh(first.run);
    await flush();
    void b.enqueue(() => second.run('at-once'), 0);
    expect(second.begun).toEqual(['at-once']);
    first.end();
    await flush();
    expect(manager.queue(name)).toEqual(['b']);
    void a.enqueueRefresh(third.run);
    await flush();
    expect(third.begun).toEqual([]);
    second.end();
    await flush();
    expect(third.begun).toEqual(['waited']);
  });
});

describe('a refresh that waits for another tab', () => {
  it.each(['endWait', 'endSlot'] as const)('goes on at once after %s()', async (end) => {
    const { a, b } = createPages();
    const [first, second] = [createAuthRequest(), createAuthRequest()];
    void a.enqueueRefresh(first.run);
    void b.enqueueRefresh(second.run);
    await flush();
    expect(second.begun).toEqual([]);
    b[end]();
    await flush();
    expect(second.begun).toEqual(['waited']);
  });
});

describe('a refresh under way', () => {
  it('keeps other tabs waiting until its slot is ended, and is over only when its request is', async () => {
    const { a, b } = createPages();
    const [first, second] = [createAuthRequest(), createAuthRequest()];
    const over = watched(a.enqueueRefresh(first.run));
    void b.enqueueRefresh(second.run);
    await flush();
    a.endSlot();
    await flush();
    expect(second.begun).toEqual(['waited']);
    expect(over.settled).toBe(false);
    first.end();
    await flush();
    expect(over.settled).toBe(true);
  });

  it('keeps its slot when its waiting is ended', async () => {
    const { a, b } = createPages();
    const [first, second] = [createAuthRequest(), createAuthRequest()];
    void a.enqueueRefresh(first.run);
    void b.enqueueRefresh(second.run);
    await flush();
    a.endWait();
    await flush();
    expect(second.begun).toEqual([]);
  });
});

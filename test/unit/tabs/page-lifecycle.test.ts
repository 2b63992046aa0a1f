import { describe, expect, it } from 'vitest';
import type { PageEvent } from '../../../src/platform/platform.ts';
import type { SessionEvent } from '../../../src/session/events.ts';
import { createPageLifecycle } from '../../../src/tabs/page-lifecycle.ts';
import { flush } from '../fake-platform.ts';

/** A page whose record is always found to be another one, and what its client dispatches. */
const createPage = ({ isPrerendering = false, isPending = false } = {}) => {
  const dispatched: SessionEvent<never>[] = [];
  const did: string[] = [];
  let tell = (_event: PageEvent) => {};
  const lifecycle = createPageLifecycle({
    page: {
      address: () => 'https://app.test/',
      isVisible: () => true,
      isPrerendering: () => isPrerendering,
      isForeignFrame: () => false,
      isArrival: () => false,
      origin: () => 'https://app.test',
      global: () => globalThis,
      cookies: () => '',
      watch: (listener) => {
        tell = listener;
        return () => void did.push('unwatch');
      },
    },
    tracker: {
      current: () => 'ours',
      read: () => undefined,
      areAt: () => false,
      moveTo: () => {},
      keep: () => {},
      compare: (mustExist) => {
        did.push(mustExist ? 'compare, must exist' : 'compare');
        return { signedOut: false, isGone: true };
      },
    },
    patiently: async () => {},
    dispatch: (event) => void dispatched.push(event),
  });
  const note = (name: string) => () => void did.push(name);
  lifecycle.connect({
    otherTabs: { join: note('join'), rest: note('rest'), leave: note('leave') },
    signOut: {
      isPending: () => isPending,
      isNamed: () => true,
      finish: async () => {},
      wake: note('wake the sign-out'),
      watch: note('watch the sign-out'),
      rest: note('rest the sign-out'),
    },
  });
  return {
    ...lifecycle,
    dispatched,
    did,
    happen: (...events: PageEvent[]) => {
      for (const event of events) tell(event);
    },
    /** What a comparison makes of it that the record is gone. */
    comparison: () => {
      const before = [dispatched.length, did.length] as const;
      lifecycle.compare();
      const [event] = dispatched.slice(before[0]);
      return {
        mustExist: did[before[1]] === 'compare, must exist',
        restored: event && 'restored' in event && event.restored,
      };
    },
  };
};

const opened = async (options?: Parameters<typeof createPage>[0]) => {
  const page = createPage(options);
  const stop = page.start();
  await flush();
  page.did.length = page.dispatched.length = 0;
  return { ...page, stop };
};

describe('a record that is gone', () => {
  it.each<{ what: string; events: PageEvent[]; mustExist: boolean; restored: boolean }>([
    { what: 'is awake', events: [], mustExist: false, restored: false },
    { what: 'was shown', events: ['hidden', 'visible'], mustExist: false, restored: false },
    { what: 'was left', events: ['left'], mustExist: true, restored: true },
    { what: 'was frozen', events: ['frozen'], mustExist: true, restored: false },
    { what: 'was left and frozen', events: ['left', 'frozen'], mustExist: true, restored: true },
    { what: 'was left, frozen and resumed', events: ['left', 'frozen', 'resumed'], mustExist: true, restored: true },
    { what: 'was left and is online', events: ['left', 'online'], mustExist: true, restored: true },
    { what: 'was frozen and is shown', events: ['frozen', 'visible'], mustExist: true, restored: false },
    { what: 'was restored', events: ['left', 'frozen', 'resumed', 'restored'], mustExist: false, restored: false },
    { what: 'was resumed', events: ['frozen', 'resumed'], mustExist: false, restored: false },
  ])(
    'is news to a page that $what: $mustExist; counts as restored: $restored',
    async ({ events, mustExist, restored }) => {
      const { happen, comparison } = await opened();
      happen(...events);
      expect(comparison()).toEqual({ mustExist, restored });
    },
  );

  it.each<{ why: 'news' | 'refresh'; events: PageEvent[]; isGone: boolean }>([
    { why: 'news', events: [], isGone: true },
    { why: 'refresh', events: [], isGone: false },
    { why: 'refresh', events: ['frozen'], isGone: true },
  ])('counts as a sign-out when it is compared for `$why` after $events: $isGone', async ({ why, events, isGone }) => {
    const { happen, compare, dispatched } = await opened();
    happen(...events);
    compare(why);
    expect(dispatched).toMatchObject([{ type: 'shared-session-changed', isGone }]);
  });
});

describe('a page event', () => {
  it.each<{ event: PageEvent; compares: string }>([
    { event: 'visible', compares: 'compare' },
    { event: 'online', compares: 'compare' },
    { event: 'resumed', compares: 'compare' },
    { event: 'restored', compares: 'compare, must exist' },
  ])('$event listens to the other tabs, then compares the record: $compares', async ({ event, compares }) => {
    const { happen, did } = await opened();
    happen(event);
    expect(did).toEqual(['join', compares]);
  });

  it.each([
    { isPrerendering: true, wakes: false },
    { isPrerendering: false, wakes: true },
  ])('finishes a pending sign-out unless the page is prerendered (prerendered: $isPrerendering)', async (page) => {
    const { happen, did } = await opened({ ...page, isPending: true });
    happen('online');
    expect(did.includes('wake the sign-out')).toBe(page.wakes);
  });
});

describe('a stop', () => {
  it('takes effect once, however often the client was started and stopped in the task', async () => {
    const { start, stop, did, dispatched } = await opened();
    stop();
    start()();
    await flush();
    expect(did).toEqual(['unwatch', 'leave', 'rest the sign-out']);
    expect(dispatched).toEqual([{ type: 'stopped' }]);
  });

  it('has no effect if the client is started in the same task', async () => {
    const { start, stop, did } = await opened();
    stop();
    start();
    await flush();
    expect(did).toEqual([]);
  });

  it('has no effect when it is called twice and another start holds the client', async () => {
    const { start, stop, did, isStarted } = await opened();
    start();
    stop();
    stop();
    await flush();
    expect([did, isStarted()]).toEqual([[], true]);
  });
});

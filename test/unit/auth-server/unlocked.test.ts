import { describe, expect, it } from 'vitest';
import type { RefreshParts } from '../../../src/auth-server/refresh.ts';
import { createRefreshScene as createRefreshFixture } from './refresh-scene.ts';

type Claims = Readonly<Record<string, unknown>>;

const entry = 'silent-refresh:test:pending-key';

/** A page whose turn comes without a lock, and what it did meanwhile. */
const createRefreshScene = (turn: 'at-once' | 'waited' | 'unlocked', changes: Partial<RefreshParts<Claims>> = {}) => {
  const asked: number[] = [];
  const isOnItsWay: (boolean | undefined)[] = [];
  const fixture = createRefreshFixture([], {
    enqueue: (attempt) => attempt(turn),
    askOtherTabs: async (question) => {
      asked.push(fixture.platform.clock.now().monotonicAt);
      isOnItsWay.push(question?.());
    },
    ...changes,
  });
  return { ...fixture, asked, isOnItsWay };
};

const entryWith = (key: string, sentAt: number) => JSON.stringify({ v: 1, key, sentAt });

describe('a refresh that gets no lock', () => {
  it('is sent once its key has been recorded for a while, and the other tabs were asked', async () => {
    const { refresh, platform, sent, keys, asked, isOnItsWay } = createRefreshScene('unlocked');
    const over = refresh();
    const reserved = platform.stored.get(entry);
    await platform.advance(299);
    expect([sent.length, asked.length]).toEqual([0, 0]);
    await platform.advance(1);
    await over;
    expect([asked.length, isOnItsWay]).toEqual([1, [false]]);
    expect(JSON.parse(String(reserved))).toMatchObject({ key: keys()[0] });
    expect(platform.stored.has(entry)).toBe(false);
  });

  it.each([
    [0, 100],
    [1, 500],
  ])('keeps its distance from others by chance: %d, %d ms', async (random, ms) => {
    const { refresh, platform, sent } = createRefreshScene('unlocked');
    platform.nextRandom = random;
    void refresh();
    await platform.advance(ms - 1);
    expect(sent).toHaveLength(0);
    await platform.advance(1);
    expect(sent).toHaveLength(1);
  });

  it('has the key that is recorded by then, whoever has written it', async () => {
    const { refresh, platform, keys } = createRefreshScene('unlocked');
    const over = refresh();
    platform.stored.set(entry, entryWith('of-another', platform.clock.now().wallAt));
    await platform.advance(300);
    await over;
    expect(keys()).toEqual(['of-another']);
    expect(platform.stored.get(entry)).toContain('of-another');
  });

  it('gives its key up if another page has refreshed meanwhile', async () => {
    const { refresh, become, platform, sent, done } = createRefreshScene('unlocked');
    const over = refresh();
    become({ identityVersion: 1 });
    await platform.advance(300);
    await over;
    expect([sent.length, platform.stored.has(entry)]).toEqual([0, false]);
    expect(done).toMatchObject([{ type: 'refresh-skipped' }]);
  });

  it('reserves nothing if it is not wanted by then', async () => {
    const { refresh, platform, become, done } = createRefreshScene('unlocked', {
      enqueue: (attempt) => {
        become({ identityVersion: 1 });
        return attempt('unlocked');
      },
    });
    await refresh();
    expect([platform.stored.has(entry), platform.timers()]).toEqual([false, 0]);
    expect(done).toMatchObject([{ type: 'refresh-skipped' }]);
  });
});

describe('a refresh that gets the lock', () => {
  it('at once asks nobody, and is sent at once', async () => {
    const { refresh, sent, asked } = createRefreshScene('at-once');
    await refresh();
    expect([sent.length, asked.length]).toEqual([1, 0]);
  });

  it('at once, while another tab has not shared its response yet, asks the other tabs first', async () => {
    const { refresh, platform, sent, asked } = createRefreshScene('at-once');
    platform.stored.set(entry, entryWith('of-another', platform.clock.now().wallAt));
    await refresh();
    expect([sent.length, asked.length]).toEqual([1, 1]);
  });

  it('after another tab’s asks the other tabs first', async () => {
    const { refresh, sent, asked } = createRefreshScene('waited');
    await refresh();
    expect([sent.length, asked.length]).toEqual([1, 1]);
  });

  // On a busy machine the lock is there sooner than the token of the tab that had it.
  it.each([
    { turn: 'waited', what: 'has not shared its response yet', hasShared: false, expects: true },
    { turn: 'waited', what: 'has shared it', hasShared: true, expects: false },
    { turn: 'at-once', what: 'was reloaded while it refreshed', hasShared: false, expects: false },
  ] as const)('($turn) after a tab that $what expects its token: $expects', async ({ turn, hasShared, expects }) => {
    const { refresh, platform, isOnItsWay } = createRefreshScene(turn);
    if (!hasShared) platform.stored.set(entry, entryWith('of-another', platform.clock.now().wallAt));
    await refresh();
    expect(isOnItsWay).toEqual([expects]);
  });

  it('expects no token of another tab any more once its session is over', async () => {
    const expected: (boolean | undefined)[] = [];
    const { refresh, platform, become } = createRefreshScene('waited', {
      askOtherTabs: async (isOnItsWay) => {
        expected.push(isOnItsWay?.());
        become({ identityVersion: 1 });
        expected.push(isOnItsWay?.());
      },
    });
    platform.stored.set(entry, entryWith('of-another', platform.clock.now().wallAt));
    await refresh();
    expect(expected).toEqual([true, false]);
  });
});

describe.each(['at-once', 'waited', 'unlocked'] as const)('a refresh (%s)', (turn) => {
  it('keeps its key until it has told of the answer', async () => {
    let stoodThen: boolean | undefined;
    const { refresh, platform } = createRefreshScene(turn, {
      done: () => {
        stoodThen = platform.stored.has(entry);
      },
    });
    const over = refresh();
    await platform.advance(500);
    await over;
    expect([stoodThen, platform.stored.has(entry)]).toEqual([true, false]);
  });
});

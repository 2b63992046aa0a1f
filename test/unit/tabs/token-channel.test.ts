import { describe, expect, it } from 'vitest';
import type { TabChannel } from '../../../src/platform/platform.ts';
import type { Offer } from '../../../src/tabs/messages.ts';
import { createTokenChannel } from '../../../src/tabs/token-channel.ts';
import { watched } from '../client/world.ts';
import { createFakePlatform } from '../fake-platform.ts';

const offered: Offer = { sessionKey: 'e', obtainedAt: 1, response: { access_token: 'secret' } };

const createRoom = () => {
  const { clock, advance, timers } = createFakePlatform(() => Promise.reject(new Error()));
  const said: { type: string }[] = [];
  const ends = new Set<{ readonly of: string; hear(message: unknown): void }>();
  const tab = ({
    shares = true,
    audience = '',
    offer = (): Offer | undefined => undefined,
    isEnough = true,
    missingUntil = (): number => 0,
  } = {}) => {
    const heard: string[] = [];
    const join = (of: string, hear: (message: unknown) => void): TabChannel => {
      const end = { of, hear };
      ends.add(end);
      return {
        post: (message) => {
          const copy = structuredClone(message) as { type: string };
          said.push(copy);
          for (const other of [...ends]) if (other !== end && other.of === of) other.hear(copy);
        },
        close: () => void ends.delete(end),
      };
    };
    const tokenChannel = createTokenChannel({
      clock,
      join,
      audience,
      shares,
      offer,
      missingUntil,
      accept: ({ sessionKey }) => {
        heard.push(`accept ${sessionKey}`);
        return isEnough;
      },
      changed: () => void heard.push('changed'),
    });
    tokenChannel.join();
    return { ...tokenChannel, heard };
  };
  return {
    clock,
    advance,
    timers,
    ends,
    /** Which channels are listened to. */
    open: () => [...ends].map(({ of }) => of),
    tab,
    types: () => said.map(({ type }) => type),
  };
};

describe('a question', () => {
  it('is waited on for 50 ms and no longer', async () => {
    const { tab, advance, timers } = createRoom();
    tab();
    const asked = watched(tab().ask(0));
    await advance(49);
    expect(asked.settled).toBe(false);
    await advance(2);
    expect(asked.settled).toBe(true);
    expect(timers()).toBe(0);
  });

  it.each([
    { what: 'for 500 ms where a token is on its way', missing: (ms: number) => (ms < 30 ? 0 : 7), overAt: 500 },
    { what: 'no longer than it is missing', missing: (ms: number) => (ms >= 0 && ms < 180 ? 7 : 0), overAt: 200 },
    { what: 'for 50 ms if it was missing before this page listened', missing: () => 7, overAt: 50 },
    { what: 'for 500 ms if it is a newer one', missing: (ms: number) => (ms < 0 ? 5 : 7), overAt: 500 },
    { what: 'for 500 ms where one seems to be on its way', seems: () => true, overAt: 500 },
    { what: 'no longer than one seems to be on its way', seems: (ms: number) => ms < 180, overAt: 200 },
  ])('is waited on $what', async ({ missing = () => 0, seems, overAt }) => {
    const { tab, advance, timers } = createRoom();
    tab();
    let ms = -1;
    const asking = tab({ missingUntil: () => missing(ms) });
    ms = 0;
    const asked = watched(asking.ask(0, seems && (() => seems(ms))));
    for (; ms < overAt; ms++) {
      expect(asked.settled).toBe(false);
      await advance(1);
    }
    expect(asked.settled).toBe(true);
    expect(timers()).toBe(0);
  });

  it.each([
    { what: 'once more where the machine is busy', lateMs: 30, overAt: 160 },
    { what: 'no more if it is a little late', lateMs: 20, overAt: 70 },
    { what: 'no more where timers come once a second', lateMs: 950, overAt: 1000 },
  ])('whose timer is $lateMs ms late is waited on $what', async ({ lateMs, overAt }) => {
    const { tab, advance, clock } = createRoom();
    const { setTimer } = clock;
    Object.assign(clock, { setTimer: (run: () => void, ms: number) => setTimer(run, ms + lateMs) });
    const asked = watched(tab().ask(0));
    await advance(overAt - 1);
    expect(asked.settled).toBe(false);
    await advance(2);
    expect(asked.settled).toBe(true);
  });

  it('is over as soon as there is an answer', () => {
    const { tab, timers } = createRoom();
    tab({ offer: () => offered });
    const asking = tab();
    const asked = asking.ask(0);
    expect(asking.heard).toEqual(['accept e']);
    expect(timers()).toBe(0);
    return asked;
  });

  // Hidden pages' timers come once a second.
  it('is answered without a timer, by all that know', () => {
    const { tab, types, timers } = createRoom();
    for (const sessionKey of ['a', 'b']) tab({ offer: () => ({ ...offered, sessionKey }) }).tell(false);
    const before = types().length;
    void tab().ask(0);
    expect(types().slice(before)).toEqual(['ask', 'token', 'token']);
    expect(timers()).toBe(0);
  });

  it('goes on if the answer is of no use', async () => {
    const { tab, advance } = createRoom();
    tab({ offer: () => offered });
    const asked = watched(tab({ isEnough: false }).ask(0));
    await advance(49);
    expect(asked.settled).toBe(false);
    await advance(2);
    expect(asked.settled).toBe(true);
  });

  it('is answered by none that has nothing', async () => {
    const { tab, advance, types } = createRoom();
    tab();
    void tab().ask(0);
    await advance(100);
    expect(types()).toEqual(['ask']);
  });

  it('is not asked if tokens do not pass, or after leaving', async () => {
    const { tab, types } = createRoom();
    await tab({ shares: false }).ask(0);
    const gone = tab();
    gone.leave();
    await gone.ask(0);
    expect(types()).toEqual([]);
  });
});

describe('a hand-over', () => {
  it('says only the token, unless there is news', () => {
    const { tab, types } = createRoom();
    const one = tab({ offer: () => offered });
    one.tell(false);
    expect(types()).toEqual(['token']);
    one.tell(true);
    expect(types()).toEqual(['token', 'token', 'changed']);
  });

  it.each([
    { what: 'has no token', parts: {} },
    { what: 'keeps its token', parts: { shares: false, offer: () => offered } },
    { what: 'has what cannot be cloned', parts: { offer: () => ({ ...offered, response: { f: () => {} } }) } },
  ])('of one that $what tells of news alone', ({ parts }) => {
    const { tab, types } = createRoom();
    const one = tab(parts);
    one.tell(false);
    expect(types()).toEqual([]);
    one.tell(true);
    expect(types()).toEqual(['changed']);
  });

  it.each([
    { what: 'do not share', parts: { shares: false } },
    { what: 'have another audience', parts: { audience: 'other' } },
  ])('is nothing to those who $what, but for the news', ({ parts }) => {
    const { tab } = createRoom();
    const other = tab(parts);
    const teller = tab({ offer: () => offered });
    teller.tell(false);
    expect(other.heard).toEqual([]);
    teller.tell(true);
    expect(other.heard).toEqual(['changed']);
  });

  it('comes before the news, so that there is nothing to look up', () => {
    const { tab } = createRoom();
    const other = tab();
    tab({ offer: () => offered }).tell(true);
    expect(other.heard).toEqual(['accept e', 'changed']);
  });
});

describe('a tab is alone (C-41)', () => {
  it('until another one asks, however long after', async () => {
    const { tab, advance } = createRoom();
    const one = tab({ offer: () => offered });
    await advance(3_600_000);
    expect(one.isAlone()).toBe(true);
    void tab().ask(0);
    expect(one.isAlone()).toBe(false);
  });

  it('until another one gives it a token', () => {
    const { tab } = createRoom();
    const one = tab();
    tab({ offer: () => offered }).tell(false);
    expect(one.isAlone()).toBe(false);
  });

  it('until it gives a token to another one, which says once that it is there', () => {
    const { tab, types } = createRoom();
    tab();
    const giving = tab({ offer: () => offered });
    giving.tell(false);
    expect(giving.isAlone()).toBe(false);
    giving.tell(false);
    expect(types()).toEqual(['token', 'here', 'token']);
  });

  it('whatever is said of sign-ins, or by tabs of another audience', () => {
    const { tab } = createRoom();
    const one = tab();
    const other = tab({ audience: 'other', offer: () => offered });
    other.tell(true);
    void other.ask(0);
    expect(one.isAlone()).toBe(true);
  });

  it('only if it listens to the others', () => {
    const { tab } = createRoom();
    expect(tab({ shares: false }).isAlone()).toBe(false);
    const resting = tab();
    resting.rest();
    expect(resting.isAlone()).toBe(false);
  });
});

describe('the channel of news', () => {
  it.each([
    { what: 'token', said: { v: 1, type: 'token', audience: '', ...offered } },
    { what: 'question', said: { v: 1, type: 'ask', audience: '' } },
  ])('is no place for a $what', async ({ said }) => {
    const { tab, ends, advance, types } = createRoom();
    const one = tab({ offer: () => offered });
    for (const { of, hear } of ends) if (of === '') hear(said);
    await advance(100);
    expect(one.heard).toEqual([]);
    expect(types()).toEqual([]);
  });
});

describe('a channel that rests', () => {
  it('listens to news alone', () => {
    const { tab, open } = createRoom();
    const resting = tab();
    resting.rest();
    expect(open()).toEqual(['']);
    tab({ offer: () => offered }).tell(true);
    expect(resting.heard).toEqual(['changed']);
  });

  it('gives no answer, asks nobody, and tells of news alone', async () => {
    const { tab, advance, timers, types } = createRoom();
    const resting = tab({ offer: () => offered });
    resting.rest();
    void tab().ask(0);
    await advance(100);
    await resting.ask(0);
    resting.tell(true);
    expect(types()).toEqual(['ask', 'changed']);
    expect(timers()).toBe(0);
  });

  it('while it waits for an answer waits no longer than it would have', async () => {
    const { tab, advance, types } = createRoom();
    const resting = tab();
    const asked = watched(resting.ask(10));
    resting.rest();
    await advance(51);
    expect(asked.settled).toBe(true);
    expect(types()).toEqual([]);
  });

  it('and joins again receives everything, once', async () => {
    const { tab, advance, open, types } = createRoom();
    const one = tab({ offer: () => offered });
    one.rest();
    one.join();
    one.join();
    expect(open()).toEqual(['', ':tokens']);
    void tab().ask(0);
    await advance(100);
    expect(types()).toEqual(['ask', 'token']);
    tab({ offer: () => offered }).tell(true);
    expect(one.heard).toEqual(['accept e', 'changed']);
  });
});

describe('a channel that has left', () => {
  it.each([{ rests: false }, { rests: true }])(
    'TAB-14 closes its channels, and answers nothing (%j)',
    async ({ rests }) => {
      const { tab, advance, timers, open, types } = createRoom();
      const gone = tab({ offer: () => offered });
      if (rests) gone.rest();
      gone.leave();
      void tab().ask(0);
      gone.tell(true);
      await advance(100);
      expect(types()).toEqual(['ask']);
      expect(timers()).toBe(0);
      expect(open()).toEqual(['', ':tokens']);
    },
  );

  it('and joins again receives everything once', () => {
    const { tab } = createRoom();
    const one = tab();
    one.join();
    one.leave();
    one.join();
    tab().tell(true);
    expect(one.heard).toEqual(['changed']);
  });
});

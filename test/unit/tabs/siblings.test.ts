import { describe, expect, it } from 'vitest';
import type { Channel } from '../../../src/platform/platform.ts';
import type { Offer } from '../../../src/tabs/messages.ts';
import { createSiblings } from '../../../src/tabs/siblings.ts';
import { watched } from '../client/world.ts';
import { createFakePlatform } from '../fake-platform.ts';

const offered: Offer = { epoch: 'e', obtainedAt: 1, response: { access_token: 'secret' } };

const createRoom = () => {
  const { clock, advance, timers } = createFakePlatform(() => Promise.reject(new Error()));
  const said: { type: string }[] = [];
  const listeners = new Set<(message: unknown) => void>();
  const sibling = ({ shares = true, audience = '', random = 0.5, offer = (): Offer | undefined => undefined } = {}) => {
    const heard: string[] = [];
    const join = (listener: (message: unknown) => void): Channel => {
      listeners.add(listener);
      return {
        post: (message) => {
          const copy = structuredClone(message) as { type: string };
          said.push(copy);
          for (const other of [...listeners]) if (other !== listener) other(copy);
        },
        close: () => void listeners.delete(listener),
      };
    };
    const siblings = createSiblings({
      clock,
      random: () => random,
      join,
      audience,
      shares,
      offer,
      adopt: ({ epoch }) => void heard.push(`adopt ${epoch}`),
      changed: () => void heard.push('changed'),
    });
    siblings.join();
    return { ...siblings, heard };
  };
  return { advance, timers, said, listeners, sibling, types: () => said.map(({ type }) => type) };
};

describe('a question', () => {
  it('is waited on for 50 ms and no longer', async () => {
    const { sibling, advance, timers } = createRoom();
    sibling();
    const asked = watched(sibling().ask(0));
    await advance(49);
    expect(asked.settled).toBe(false);
    await advance(2);
    expect(asked.settled).toBe(true);
    expect(timers()).toBe(0);
  });

  it('is over as soon as there is an answer', async () => {
    const { sibling, advance, timers } = createRoom();
    sibling({ offer: () => offered, random: 1 });
    const asking = sibling();
    const asked = watched(asking.ask(0));
    await advance(11);
    expect(asked.settled).toBe(true);
    expect(asking.heard).toEqual(['adopt e', 'changed']);
    expect(timers()).toBe(0);
  });

  it('is answered once, however many know', async () => {
    const { sibling, advance, types } = createRoom();
    for (const random of [0.9, 0.1, 0.5]) sibling({ offer: () => offered, random });
    void sibling().ask(0);
    await advance(100);
    expect(types()).toEqual(['ask', 'token']);
  });

  it('is answered by none that has nothing', async () => {
    const { sibling, advance, types } = createRoom();
    sibling();
    void sibling().ask(0);
    await advance(100);
    expect(types()).toEqual(['ask']);
  });

  it('is answered with what is there when its turn comes', async () => {
    const { sibling, advance, types } = createRoom();
    let mine: Offer | undefined = offered;
    sibling({ offer: () => mine });
    void sibling().ask(0);
    mine = undefined;
    await advance(100);
    expect(types()).toEqual(['ask']);
  });

  it('of several at once is answered for all', async () => {
    const { sibling, advance, types } = createRoom();
    sibling({ offer: () => offered });
    const [one, other] = [sibling(), sibling()];
    const asked = [watched(one.ask(0)), watched(other.ask(0))];
    await advance(20);
    expect(asked.map(({ settled }) => settled)).toEqual([true, true]);
    expect(types()).toEqual(['ask', 'ask', 'token']);
  });

  it.each([
    { what: 'where tokens do not pass', parts: { shares: false } },
    { what: 'for another audience', parts: { audience: 'other' } },
  ])('$what gets no answer', async ({ parts }) => {
    const { sibling, advance, types } = createRoom();
    sibling({ offer: () => offered, ...parts });
    void sibling().ask(0);
    await advance(100);
    expect(types()).toEqual(['ask']);
  });

  it('is not asked where tokens do not pass, or after leaving', async () => {
    const { sibling, types } = createRoom();
    await sibling({ shares: false }).ask(0);
    const gone = sibling();
    gone.leave();
    await gone.ask(0);
    expect(types()).toEqual([]);
  });
});

describe('a hand-over', () => {
  it('tells of the token, which says more than that there is news', () => {
    const { sibling, types } = createRoom();
    sibling({ offer: () => offered }).tell(true);
    expect(types()).toEqual(['token']);
  });

  it.each([
    { what: 'has no token', parts: {}, news: ['changed'] },
    { what: 'keeps its token', parts: { shares: false, offer: () => offered }, news: ['changed'] },
    {
      what: 'has what cannot be cloned',
      parts: { offer: () => ({ ...offered, response: { f: () => {} } }) },
      news: ['changed'],
    },
  ])('of one that $what tells of news alone', ({ parts, news }) => {
    const { sibling, types } = createRoom();
    const one = sibling(parts);
    one.tell(false);
    expect(types()).toEqual([]);
    one.tell(true);
    expect(types()).toEqual(news);
  });

  it('spares those an answer that were about to give one', async () => {
    const { sibling, advance, types } = createRoom();
    sibling({ offer: () => offered, random: 1 });
    void sibling().ask(0);
    sibling({ offer: () => offered }).tell(false);
    await advance(100);
    expect(types()).toEqual(['ask', 'token']);
  });

  it('is news to those who do not share, and a refresh without a token to hand over is none', () => {
    const { sibling } = createRoom();
    const [closed, other] = [sibling({ shares: false }), sibling({ audience: 'other' })];
    const teller = sibling({ offer: () => offered });
    teller.tell(false);
    expect([closed.heard, other.heard]).toEqual([['changed'], ['changed']]);
    sibling().tell(false);
    expect([closed.heard, other.heard]).toEqual([['changed'], ['changed']]);
    sibling().tell(true);
    expect(closed.heard).toEqual(['changed', 'changed']);
  });
});

describe('one that leaves', () => {
  it('closes its channel, keeps no timer, and answers nothing', async () => {
    const { sibling, advance, timers, listeners, types } = createRoom();
    const gone = sibling({ offer: () => offered });
    void sibling().ask(0);
    gone.leave();
    await advance(100);
    expect(types()).toEqual(['ask']);
    expect(timers()).toBe(0);
    expect(listeners.size).toBe(1);
  });

  it('and joins again is heard once', () => {
    const { sibling } = createRoom();
    const one = sibling();
    one.join();
    one.leave();
    one.join();
    sibling().tell(true);
    expect(one.heard).toEqual(['changed']);
  });
});

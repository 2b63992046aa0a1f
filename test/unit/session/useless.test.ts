import { describe, expect, it } from 'vitest';
import { initialState, type State } from '../../../src/session/state.ts';
import { isTooSoon, refuse, succeed, type Useless } from '../../../src/session/useless.ts';
import { at, createSignedIn, MINUTE, policy, SECOND } from './fixture.ts';

/** Somebody is signed in with their first token. */
const signedIn = (useless?: Partial<Useless>): State<unknown> => ({
  ...createSignedIn().state(),
  useless: useless && { count: 1, at: at(0), serial: 1, endpoints: ['/broken'], isProven: false, ...useless },
});

const refused = (serial: number, endpoint: string) => ({ serial, endpoint });

describe('a token that was refused though it had just been refreshed', () => {
  it('is noted, with where and when', () => {
    expect(refuse(signedIn(), refused(1, '/broken'), at(SECOND)).useless).toEqual({
      count: 1,
      at: at(SECOND),
      serial: 1,
      endpoints: ['/broken'],
      isProven: false,
    });
  });

  it('is none of the token of before, or of nobody', () => {
    const state = signedIn();
    expect(refuse(state, refused(0, '/broken'), at(0))).toBe(state);
    expect(refuse(initialState, refused(1, '/broken'), at(0))).toBe(initialState);
  });

  it('elsewhere as well is the same useless refresh', () => {
    const { useless } = refuse(signedIn({ isProven: true }), refused(1, '/other'), at(SECOND));
    expect(useless).toMatchObject({ count: 1, at: at(0), endpoints: ['/broken', '/other'], isProven: true });
  });

  it('after another one is one more, and what is known of the fault is kept', () => {
    const { useless } = refuse(
      signedIn({ serial: 0, count: 3, endpoints: ['/broken', '/other'], isProven: true }),
      refused(1, '/broken'),
      at(SECOND),
    );
    expect(useless).toEqual({
      count: 4,
      at: at(SECOND),
      serial: 1,
      endpoints: ['/other', '/broken'],
      isProven: true,
    });
  });

  it('at ever new places is remembered for the last 100', () => {
    let state = signedIn();
    for (let nth = 0; nth < 150; nth++) state = refuse(state, refused(1, `/${nth}`), at(0));
    expect(state.useless?.endpoints).toHaveLength(100);
    expect(state.useless?.endpoints.at(0)).toBe('/50');
    expect(state.useless?.endpoints.at(-1)).toBe('/149');
  });
});

describe('a call that was not refused', () => {
  it('with a later token makes all well again', () => {
    expect(succeed(signedIn({}), 2).useless).toBeUndefined();
  });

  it('with the very token shows whose fault it is', () => {
    expect(succeed(signedIn({}), 1).useless).toMatchObject({ count: 1, endpoints: ['/broken'], isProven: true });
  });

  it('with a token of before says nothing', () => {
    const state = signedIn({ serial: 2 });
    expect(succeed(state, 1)).toBe(state);
  });
});

describe('a 401', () => {
  const askAt = (useless: Partial<Useless> | undefined, endpoint: string | undefined) => (ms: number) =>
    isTooSoon(signedIn(useless), endpoint, at(ms), policy);

  it('asks for a refresh at once where the last one was of use', () => {
    expect(askAt(undefined, '/broken')(0)).toBe(false);
  });

  it.each([
    { endpoint: '/broken', isProven: false, distanceMs: 40 * SECOND },
    { endpoint: '/other', isProven: false, distanceMs: 40 * SECOND },
    { endpoint: '/broken', isProven: true, distanceMs: 40 * SECOND },
    { endpoint: '/other', isProven: true, distanceMs: 5 * SECOND },
    { endpoint: undefined, isProven: true, distanceMs: 5 * SECOND },
  ])(
    'at $endpoint asks for none for $distanceMs ms after 4 useless ones at /broken (the token is taken elsewhere: $isProven)',
    ({ endpoint, isProven, distanceMs }) => {
      const isTooSoonAt = askAt({ count: 4, isProven }, endpoint);
      expect([isTooSoonAt(0), isTooSoonAt(distanceMs - 1), isTooSoonAt(distanceMs)]).toEqual([true, true, false]);
    },
  );

  it('asks for one every 5 min at least', () => {
    const isTooSoonAt = askAt({ count: 2000 }, '/broken');
    expect([isTooSoonAt(5 * MINUTE - 1), isTooSoonAt(5 * MINUTE)]).toEqual([true, false]);
  });
});

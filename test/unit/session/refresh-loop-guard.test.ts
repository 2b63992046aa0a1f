import { describe, expect, it } from 'vitest';
import {
  cooldownLeftMs,
  noteAcceptedToken,
  noteRefusedToken,
  type Refusal,
} from '../../../src/session/refresh-loop-guard.ts';
import { INITIAL_STATE, type State } from '../../../src/session/state.ts';
import { at, MINUTE, SECOND } from './events.ts';
import { createSignedIn, policy } from './play.ts';

const run = (count = 1, tokenNumber = 1, ms = 0) => ({ count, tokenNumber, at: at(ms) });

/** Somebody is signed in with their first token, which `/broken` has refused, `count` refreshes in a row. */
const refusedState = ({ count = 1, tokenNumber = 1, acceptedToken = 0 } = {}): State<unknown> => ({
  ...createSignedIn().state(),
  loopGuard: {
    acceptedToken,
    anywhere: run(count, tokenNumber),
    endpoints: [{ ...run(count, tokenNumber), endpoint: '/broken' }],
  },
});

const refused = (tokenNumber: number, endpoint: string) => ({ tokenNumber, endpoint });
const taken = (tokenNumber: number, ...endpoints: string[]) => ({ tokenNumber, endpoints });

describe('a token that was refused though it had just been refreshed', () => {
  it('is noted, with where and when', () => {
    expect(noteRefusedToken(createSignedIn().state(), refused(1, '/broken'), at(SECOND)).loopGuard).toEqual({
      acceptedToken: 0,
      anywhere: run(1, 1, SECOND),
      endpoints: [{ ...run(1, 1, SECOND), endpoint: '/broken' }],
    });
  });

  it('is none of the token of before, or of nobody', () => {
    const state = refusedState();
    expect(noteRefusedToken(state, refused(0, '/broken'), at(0))).toBe(state);
    expect(noteRefusedToken(INITIAL_STATE, refused(1, '/broken'), at(0))).toBe(INITIAL_STATE);
  });

  it('at the same place again is the same refresh that did not help', () => {
    expect(noteRefusedToken(refusedState(), refused(1, '/broken'), at(SECOND)).loopGuard).toEqual(
      refusedState().loopGuard,
    );
  });

  it('elsewhere as well is the same refresh that did not help, and the first of that place', () => {
    expect(noteRefusedToken(refusedState({ count: 3 }), refused(1, '/other'), at(SECOND)).loopGuard).toEqual({
      acceptedToken: 0,
      anywhere: run(3),
      endpoints: [
        { ...run(3), endpoint: '/broken' },
        { ...run(1, 1, SECOND), endpoint: '/other' },
      ],
    });
  });

  it('after another one is one more', () => {
    expect(
      noteRefusedToken(refusedState({ count: 3, tokenNumber: 0, acceptedToken: -1 }), refused(1, '/broken'), at(SECOND))
        .loopGuard,
    ).toEqual({
      acceptedToken: -1,
      anywhere: run(4, 1, SECOND),
      endpoints: [{ ...run(4, 1, SECOND), endpoint: '/broken' }],
    });
  });

  it('after one that was taken elsewhere is one more of its place, and the first one anywhere', () => {
    const proven = noteAcceptedToken(refusedState({ count: 3 }), taken(1, '/fine'));
    const next = { ...proven, token: proven.token && { ...proven.token, tokenNumber: 2 } };
    expect(noteRefusedToken(next, refused(2, '/broken'), at(SECOND)).loopGuard).toMatchObject({
      anywhere: { count: 1, tokenNumber: 2 },
      endpoints: [{ count: 4, endpoint: '/broken' }],
    });
  });

  it('at ever new places is remembered for the last 100', () => {
    let state: State<unknown> = createSignedIn().state();
    for (let nth = 0; nth < 150; nth++) state = noteRefusedToken(state, refused(1, `/${nth}`), at(0));
    expect(state.loopGuard.endpoints).toHaveLength(100);
    expect(state.loopGuard.endpoints.at(0)?.endpoint).toBe('/50');
    expect(state.loopGuard.endpoints.at(-1)?.endpoint).toBe('/149');
  });
});

describe('a call that was not refused', () => {
  it('makes its place well again, with the token that was refused or a later one', () => {
    for (const token of [1, 2]) {
      const { loopGuard } = noteAcceptedToken(refusedState(), taken(token, '/broken'));
      expect(loopGuard).toEqual({ acceptedToken: token, endpoints: [] });
    }
  });

  it('is known by the name of its server, too', () => {
    expect(noteAcceptedToken(refusedState(), taken(1, '/broken/1', '/broken')).loopGuard).toEqual({
      acceptedToken: 1,
      endpoints: [],
    });
  });

  it('leaves other places as they are', () => {
    const state = refusedState();
    expect(noteAcceptedToken(state, taken(1, '/fine'))).toEqual({
      ...state,
      loopGuard: { ...state.loopGuard, acceptedToken: 1 },
    });
  });

  it('with a token of before says nothing', () => {
    const state = refusedState({ tokenNumber: 2, acceptedToken: 1 });
    expect(noteAcceptedToken(state, taken(1, '/broken'))).toEqual(state);
  });

  it('is noted where nothing was refused', () => {
    const state: State<unknown> = createSignedIn().state();
    expect(noteAcceptedToken(state, taken(1, '/fine'))).toEqual({
      ...state,
      loopGuard: { ...state.loopGuard, acceptedToken: 1 },
    });
  });
});

describe('a 401', () => {
  const askAt = (state: State<unknown>, refusal: Refusal) => (ms: number) =>
    cooldownLeftMs(state, { newerThan: 1, ...refusal }, at(ms), policy);

  it('asks for a refresh at once where the last one was of use', () => {
    expect(askAt(createSignedIn().state(), { endpoint: '/broken' })(0)).toBe(0);
  });

  it.each([
    { endpoint: '/broken', acceptedToken: 0, expected: 40 * SECOND },
    { endpoint: '/other', acceptedToken: 0, expected: 40 * SECOND },
    { endpoint: undefined, acceptedToken: 0, expected: 40 * SECOND },
    { endpoint: '/broken', acceptedToken: 1, expected: 40 * SECOND },
    { endpoint: '/other', acceptedToken: 1, expected: 0 },
    { endpoint: undefined, acceptedToken: 1, expected: 0 },
  ])(
    'at $endpoint asks for none for $expected ms after 4 refreshes that did not help at /broken (newest token that was taken: $acceptedToken) (C-11)',
    ({ endpoint, acceptedToken, expected }) => {
      const leftMs = askAt(refusedState({ count: 4, acceptedToken }), { endpoint });
      expect([leftMs(0), leftMs(expected / 2), leftMs(expected)]).toEqual([expected, expected / 2, 0]);
    },
  );

  it('asks for one every 5 min at least', () => {
    expect(askAt(refusedState({ count: 2000 }), { endpoint: '/broken' })(0)).toBe(5 * MINUTE);
  });

  it('that is only a guess asks for one once per token, and until that token is taken there (C-25)', () => {
    const guess = { endpoint: '/broken', isGuess: true };
    const state = refusedState({ acceptedToken: 1 });
    expect(askAt(state, guess)(MINUTE)).toBe(Number.POSITIVE_INFINITY);
    expect(askAt(state, { ...guess, newerThan: 2 })(MINUTE)).toBe(0);
    expect(askAt(noteAcceptedToken(state, taken(1, '/broken')), guess)(MINUTE)).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { sessionOf } from '../../../src/session/snapshot.ts';
import fc from '../random.ts';
import { at, type Claims, failed, refreshed, rejected, SECOND, signedIn, started } from './events.ts';
import {
  createLockedOut,
  createPlay,
  createRefreshing,
  createSignedIn,
  createSignedOut,
  type Effects,
  shownIn,
} from './play.ts';

const claims: Claims = { sub: 'ann', name: 'Ann', roles: ['admin'], iat: 1, exp: 301, jti: 'a' };

describe('a silent refresh', () => {
  it.each<{ name: string; next: Claims }>([
    { name: 'nothing', next: { ...claims } },
    { name: 'iat and exp', next: { ...claims, iat: 300, exp: 600 } },
    { name: 'jti', next: { ...claims, jti: 'b' } },
    { name: 'nbf, that was not there', next: { ...claims, nbf: 300 } },
    { name: 'the order of members', next: { jti: 'a', roles: ['admin'], name: 'Ann', sub: 'ann', exp: 301, iat: 1 } },
  ])('renders nothing where the claims differ in $name alone', ({ next }) => {
    const play = createRefreshing({ claims });
    const before = play.session();
    const effects = play.send(refreshed(2, { claims: next, value: 'next' }), 251 * SECOND);
    expect(shownIn(effects)).toEqual([]);
    expect(play.session()).toBe(before);
    expect(play.session().claims).toBe(before.claims);
  });

  it.each<{ name: string; next: Claims }>([
    { name: 'name', next: { ...claims, name: 'Anne' } },
    { name: 'roles', next: { ...claims, roles: ['admin', 'editor'] } },
    { name: 'a member that is gone', next: { sub: 'ann', roles: ['admin'] } },
  ])('shows claims that differ in $name', ({ next }) => {
    const play = createRefreshing({ claims });
    const effects = play.send(refreshed(2, { claims: next }), 251 * SECOND);
    expect(shownIn(effects)).toEqual([{ status: 'authenticated', claims: next }]);
  });

  it('renders nothing at its start', () => {
    const play = createSignedIn();
    expect(shownIn(play.send('tick', 250 * SECOND))).toEqual([]);
  });

  it('renders nothing for a sign-in of the same user with the same claims', () => {
    const play = createSignedIn({ claims });
    expect(shownIn(play.send(signedIn({ claims: { ...claims, iat: 9 } }), SECOND))).toEqual([]);
  });
});

describe('a snapshot', () => {
  it('is frozen in every status', () => {
    const plays = [createPlay(), createSignedIn(), createLockedOut(), createSignedOut()];
    expect(plays.map((play) => play.session().status)).toEqual([
      'loading',
      'authenticated',
      'relogin-required',
      'unauthenticated',
    ]);
    expect(plays.every((play) => Object.isFrozen(play.session()))).toBe(true);
  });

  it('is frozen with its problem', () => {
    const play = createRefreshing();
    play.send(failed(2), 251 * SECOND);
    const session = play.session();
    expect(Object.isFrozen(session)).toBe(true);
    expect(Object.isFrozen(session.status === 'authenticated' && session.problem)).toBe(true);
  });

  it('without a problem has no member for it', () => {
    const play = createRefreshing();
    play.send(failed(2), 251 * SECOND);
    play.send('tick', 252 * SECOND);
    play.send(refreshed(3), 253 * SECOND);
    expect(Object.keys(play.session())).toEqual(['status', 'claims']);
  });

  it('of somebody locked out says nothing of a failing refresh', () => {
    const { state, session } = createLockedOut();
    const problem = { kind: 'network', attempts: 1 } as const;
    const failure = { count: 1, failedAt: at(0), delayMs: 0, mandatedMs: 0, problem };
    expect(sessionOf({ ...state(), failure })).toEqual(session());
  });

  it('and every told event are free of tokens, whatever happens', () => {
    const secret = 'eyJ-the-token-itself';
    const tells = (effects: Effects): string =>
      JSON.stringify(effects.filter(({ type }) => type === 'show' || type === 'tell' || type === 'record'));
    const step = fc.record({
      which: fc.constantFrom('refreshed', 'rejected', 'failed', 'signed-in', 'signed-out', 'tick', 'demand'),
      id: fc.constantFrom('ann', 'bob', undefined),
      afterMs: fc.integer({ min: 0, max: 300_000 }),
    });
    let shown = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const play = createPlay();
        const said = [tells(play.send(started(), 0))];
        let now = 0;
        for (const { which, id, afterMs } of steps) {
          now += afterMs;
          const { identityVersion, refresh } = play.state();
          const facts = { id, value: secret, askedMs: now, claims: { sub: id } };
          const events = {
            refreshed: refreshed(refresh.attempt, facts, identityVersion),
            rejected: rejected(refresh.attempt, 'expired', identityVersion),
            failed: failed(refresh.attempt, { identityVersion }),
            'signed-in': signedIn(facts),
            'signed-out': { type: 'signed-out' },
            tick: { type: 'tick' },
            demand: { type: 'demand', isTokenDemanded: id === 'ann', heldCalls: 0 },
          } as const;
          said.push(tells(play.send(events[which as keyof typeof events], now)), JSON.stringify(play.session()));
        }
        if (said.join().includes('authenticated')) shown++;
        expect(said.join()).not.toContain(secret);
      }),
      { numRuns: 300 },
    );
    expect(shown).toBeGreaterThan(100);
  });
});

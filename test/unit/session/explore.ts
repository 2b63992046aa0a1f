import type { SessionEvent } from '../../../src/session/events.ts';
import { isRefreshDue } from '../../../src/session/schedule.ts';
import { isBetweenUsers } from '../../../src/session/snapshot.ts';
import { INITIAL_STATE, type State } from '../../../src/session/state.ts';
import { judgeTicket } from '../../../src/session/ticket.ts';
import { remainingMs } from '../../../src/session/time.ts';
import { transition } from '../../../src/session/transition.ts';
import { at, type Claims, failed, MINUTE, refreshed, rejected, SECOND, signedIn, started, tokenSet } from './events.ts';
import { policy } from './play.ts';

/** One event, and what it changed. */
interface Change {
  readonly before: State<Claims>;
  readonly event: SessionEvent<Claims>;
  readonly after: State<Claims>;
}

/** How much time passes between two events: none, until a refresh is slow, until it is presumed lost, until a token ends. */
const passes = [0, 11 * SECOND, 20 * SECOND, 5 * MINUTE];

const earlier = { cameByRedirect: false, user: { salt: '', sid: 's' } };

/** Everything that can happen to a state, in every way that makes a difference to its status or to its refresh. */
const eventsIn = ({ refresh, identityVersion }: State<Claims>, ms: number): readonly SessionEvent<Claims>[] => {
  const ticket = { identityVersion, attempt: refresh.attempt };
  const byUsers = ['ann', 'bob'].flatMap((id): SessionEvent<Claims>[] => {
    const tokens = { tokenSet: tokenSet({ id, askedMs: ms }), jitter: 0.5 };
    return [
      signedIn({ id, askedMs: ms }),
      refreshed(refresh.attempt, { id, askedMs: ms }, identityVersion),
      { type: 'received-from-tab', isNewSession: false, ...tokens },
      { type: 'received-from-tab', isNewSession: true, ...tokens },
    ];
  });
  return [
    ...byUsers,
    started(),
    { ...started({ isRecorded: true }), earlier },
    { ...started({ isRecorded: true, signedOut: true }), earlier },
    { ...started(), inForeignFrame: true },
    { type: 'stopped' },
    { type: 'visibility', visible: true },
    { type: 'visibility', visible: false },
    { type: 'online' },
    { type: 'resumed' },
    { type: 'restored' },
    ...[true, false].flatMap((signedOut) =>
      [true, false].flatMap((restored): SessionEvent<Claims>[] => [
        { type: 'shared-session-changed', signedOut, restored },
        { type: 'shared-session-changed', signedOut: false, isGone: true, restored },
      ]),
    ),
    { type: 'refresh-sent', attempt: refresh.attempt },
    { type: 'refresh-skipped', ...ticket },
    { type: 'demand', isTokenDemanded: true, heldCalls: 0 },
    { type: 'demand', isTokenDemanded: false, heldCalls: 1 },
    rejected(refresh.attempt, 'expired', identityVersion),
    failed(refresh.attempt, { identityVersion }),
    { type: 'refresh-withheld', ...ticket },
    { type: 'signed-out' },
    { type: 'sign-out-unverified' },
    { type: 'sign-out-settled' },
  ];
};

/** States with the same kind behave alike. */
const kindOf = (state: State<Claims>, ms: number): string => {
  const { session, user, token, page, refresh, mustRevalidate, mustVerifySignOut } = state;
  return JSON.stringify([
    [session.status, isBetweenUsers(session), user === undefined],
    token && remainingMs(token, at(ms)) > 0,
    [page.isStarted, page.visible],
    [refresh.phase, judgeTicket(state, refresh), isRefreshDue(state, at(ms), policy)],
    [mustRevalidate, mustVerifySignOut, state.isRecorded],
  ]);
};

/** Lets time pass in every kind of state that can be reached, and then applies every event. */
export function* exploreSession(): Generator<Change> {
  const known = new Set<string>();
  const found: (readonly [State<Claims>, number])[] = [[INITIAL_STATE, 0]];
  const apply = function* (
    before: State<Claims>,
    event: SessionEvent<Claims>,
    ms: number,
  ): Generator<Change, State<Claims>> {
    const [after, effects] = transition(before, event, at(ms), policy);
    yield { before, event, after };
    const kind = kindOf(after, ms);
    if (!known.has(kind)) found.push([after, ms]);
    known.add(kind);
    for (const effect of effects) if (effect.type === 'continue') yield* apply(after, effect.event, ms);
    return after;
  };
  for (const [state, since] of found) {
    for (const passMs of passes) {
      const ms = since + passMs;
      const before = yield* apply(state, { type: 'tick' }, ms);
      for (const event of eventsIn(before, ms)) yield* apply(before, event, ms);
    }
  }
}

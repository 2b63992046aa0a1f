import { RefreshUnavailableError } from '../../client/errors.ts';
import type { Clock } from '../../platform/platform.ts';
import { type Demand, demandAt, judgeDemand, type Outcome, ownerOf } from '../../session/demand.ts';
import type { AuthEvent, HeldCallOutcome, SessionEvent } from '../../session/events.ts';
import { cooldownLeftMs, isAcceptanceNews } from '../../session/refresh-loop-guard.ts';
import type { Session } from '../../session/session.ts';
import { isSettled } from '../../session/snapshot.ts';
import type { AccessToken, Policy, State } from '../../session/state.ts';
import { elapsedMs, type Instant, waitedMs } from '../../session/time.ts';
import { type Destination, endpointOf } from '../origins.ts';
import { heldOutcomeOf, outcomeOf, tooLate } from './call-outcome.ts';
import type { Caller, CallTokens } from './caller.ts';
import { createGivenTokens } from './given-tokens.ts';
import { isRead } from './hold-calls.ts';
import type { Judge, Waiters } from './token-waiters.ts';

/** What calls need of the session's store. */
interface Store<Claims> {
  readonly waiters: Waiters;
  state(): State<Claims>;
  session(): Session<Claims>;
  dispatch(event: SessionEvent<Claims>): void;
  note(event: AuthEvent): void;
}

interface CallTokensParts<Claims> {
  readonly store: Store<Claims>;
  readonly clock: Clock;
  readonly policy: Policy;
  isStarted(): boolean;
  /** Makes sure that a page that has slept knows what happened meanwhile. */
  wake(): void;
  /** Whether this call may be held: not if held calls may be waiting for it. */
  mayBeHeld(caller: Caller): boolean;
}

/** Tokens for the calls of one client. Every wait for one is bounded, and its error says what to do. */
export function createCallTokens<Claims>(parts: CallTokensParts<Claims>) {
  const { store, clock, policy, isStarted, wake, mayBeHeld } = parts;
  const { state, waiters } = store;
  const given = createGivenTokens();

  /** How a call's demand stands at this moment. A call that may not be held is over if it would have to be. */
  const judgeAt = (now: Instant, caller: Caller): Outcome => {
    wake();
    const found = judgeDemand(state(), caller.demand, now, policy);
    return found.is === 'held' && !caller.wasHeld && !mayBeHeld(caller) ? { is: 'ended' } : found;
  };

  const resultOf = (found: Outcome, caller: Caller, held?: HeldCallOutcome) =>
    outcomeOf(found, caller, state(), isStarted(), held);

  /** Judges every wait for a token. */
  const judge: Judge<unknown, Caller> = (forced, caller, now) => {
    const found = judgeAt(now, caller);
    if (forced === undefined && (found.is === 'wait' || found.is === 'held')) {
      if (found.is === 'held' && !caller.wasHeld) {
        caller.wasHeld = true;
        store.note({ type: 'call-held' });
        caller.onHeld?.();
      }
      return caller.wasHeld
        ? { for: found.is === 'held' ? 'sign-in' : 'token', inMs: found.inMs, isRead: isRead(caller.method) }
        : { for: 'token', inMs: found.inMs };
    }
    const outcome = caller.wasHeld ? heldOutcomeOf(forced, found, state().session) : undefined;
    if (outcome !== undefined) store.note({ type: 'held-call-ended', outcome });
    caller.wasHeld = false;
    return () => {
      if (forced === 'aborted') throw caller.signal?.reason;
      const token = resultOf(found, caller, outcome);
      // Listeners have run since.
      return caller.onToken === undefined ? token : take(caller);
    };
  };

  const wait = (caller: Caller) => waiters.wait(judge, caller.signal, caller);

  const take = (caller: Caller): unknown => {
    if (caller.signal?.aborted) throw caller.signal.reason;
    const found = judgeAt(clock.now(), caller);
    if (found.is === 'wait' || found.is === 'held') {
      caller.onWait?.();
      return wait(caller);
    }
    const token = resultOf(found, caller);
    return caller.onToken === undefined ? token : caller.onToken(token);
  };

  /** Waits for a fact that is no token, as long as a call waits for one. */
  const until = <T>(fact: () => T | undefined): Promise<T> => {
    wake();
    const askedAt = clock.now();
    return waiters.wait<T>((_forced, _about, now) => {
      const found = fact();
      if (found !== undefined) return () => found;
      const inMs = policy.refreshTimeoutMs - waitedMs(askedAt, now);
      if (inMs > 0) return { for: 'fact', inMs };
      return () => {
        throw tooLate(state(), isStarted());
      };
    });
  };

  const ownerNow = () => ownerOf(state());

  const demandNow = (holds: boolean): Demand => {
    wake();
    return demandAt(state(), clock.now(), holds);
  };

  return {
    tokens: {
      demandNow,
      isUserUnknown: () => state().user === undefined,
      owner: ownerNow,
      demandNewer: ({ tokenNumber }, owner, by, holds) => ({
        ...demandAt(state(), clock.now(), holds),
        ...owner,
        ...by,
        newerThan: tokenNumber,
      }),
      take: <Result>(caller: Caller<Result>) => take(caller) as Result | Promise<Result>,
    } satisfies CallTokens,

    /** An API has accepted the token of a call. */
    taken: ({ tokenNumber }: AccessToken, to: Destination): void => {
      if (isAcceptanceNews(state(), tokenNumber))
        store.dispatch({ type: 'call-succeeded', tokenNumber, endpoints: [endpointOf(to), to.origin] });
    },

    /** The token of a replay was refused, too. */
    refusedAgain: ({ tokenNumber }: AccessToken, endpoint: string): void =>
      store.dispatch({ type: 'replay-refused', tokenNumber, endpoint }),

    /** `newerThan`: a token that was given before, and was refused by something that is no call of this client. */
    token: async (
      { minValidityMs, newerThan }: { minValidityMs: number | undefined; newerThan: string | undefined },
      signal: AbortSignal | null | undefined,
      holds: boolean,
    ): Promise<AccessToken> => {
      const now = demandNow(holds);
      const refused = newerThan === undefined ? undefined : given.find(newerThan);
      if (refused === undefined) {
        const token = (await wait({ signal, demand: { ...now, minValidityMs } })) as AccessToken;
        given.add(token, ownerNow(), false);
        return token;
      }
      const { tokenNumber, identityVersion, user, isReplacement } = refused;
      const held = state().token;
      const isYoung = held !== undefined && elapsedMs(held.obtainedAt, now.askedAt) < policy.cooldownMs;
      if (isReplacement && isYoung) store.dispatch({ type: 'replay-refused', tokenNumber, endpoint: ELSEWHERE });
      const demand: Demand = {
        ...now,
        identityVersion,
        user,
        minValidityMs,
        newerThan: tokenNumber,
        endpoint: ELSEWHERE,
      };
      const token = (await wait({ signal, demand })) as AccessToken | undefined;
      if (token === undefined) {
        const at = clock.now();
        throw new RefreshUnavailableError(Math.ceil(at.wallAt + cooldownLeftMs(state(), demand, at, policy)));
      }
      given.add(token, ownerNow(), true);
      return token;
    },

    /** Returns a function that waits for a token of a refresh that began after this moment. */
    refreshFromNow: (): (() => Promise<unknown>) => {
      const demand = { ...demandNow(false), fresh: true };
      return () => wait({ demand });
    },

    started: (): Promise<true> => until(() => state().page.isStarted || undefined),

    known: () => until(() => (isSettled(state().session) ? store.session() : undefined)),
  };
}

/** The endpoint of everything that is no call of this client: sockets, XHR. */
const ELSEWHERE = '';

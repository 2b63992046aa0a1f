import { RefreshUnavailableError, UserChangedError } from '../client/errors.ts';
import type { Clock } from '../platform/platform.ts';
import { type Demand, demandAt, judgeDemand } from '../session/demand.ts';
import type { AuthEvent, SessionEvent } from '../session/events.ts';
import { distanceMs } from '../session/refresh-loop-guard.ts';
import { isSettled } from '../session/snapshot.ts';
import type { AccessToken, Policy, State } from '../session/state.ts';
import { elapsedMs, waitedMs } from '../session/time.ts';
import type { CallTokens } from './auth-fetch.ts';
import { endOf, notStarted, outcomeOf, unavailable } from './call-errors.ts';
import { createGivenTokens } from './given-tokens.ts';
import { isRead } from './hold-calls.ts';
import { endpointOf } from './refusals.ts';
import type { Judge, Waiters } from './token-waiters.ts';

type Signal = AbortSignal | null | undefined;

/** What a call is, as far as its wait for a token depends on it. */
export interface Caller {
  /** Absent: it may be anything. */
  readonly method?: string | undefined;
  readonly signal?: Signal;
  /** Waits until the user has signed in again, where that is asked for. */
  readonly holds: boolean;
}

/** What calls ask of the session's store. */
interface Store<Claims> {
  readonly waiters: Waiters;
  state(): State<Claims>;
  dispatch(event: SessionEvent<Claims>): void;
  note(event: AuthEvent): void;
}

interface CallTokensParts<Claims> {
  readonly store: Store<Claims>;
  readonly clock: Clock;
  readonly policy: Policy;
  isStarted(): boolean;
  /** Makes sure that a page which slept knows what happened meanwhile. */
  wake(): void;
}

/** What callers of one client wait for: each wait is bounded, and its end says what to do. */
export const createCallTokens = <Claims>({ store, clock, policy, isStarted, wake }: CallTokensParts<Claims>) => {
  const { state, waiters } = store;
  const given = createGivenTokens();

  const judge = (
    demand: Demand,
    caller: Caller,
    goesBare: boolean,
    onHeld?: () => void,
  ): Judge<AccessToken | undefined> => {
    let held = false;
    return (forced) => {
      wake();
      const found = judgeDemand(state(), demand, clock.now(), policy);
      if (forced === undefined && (found.is === 'wait' || found.is === 'held')) {
        if (found.is === 'held' && !held) {
          held = true;
          store.note({ type: 'call-held' });
          onHeld?.();
        }
        return held
          ? { for: found.is === 'held' ? 'sign-in' : 'token', inMs: found.inMs, isRead: isRead(caller.method) }
          : { for: 'token', inMs: found.inMs };
      }
      const outcome = outcomeOf(forced, found, state().session);
      if (held) store.note({ type: 'held-call-ended', outcome });
      return () => {
        if (forced === 'aborted') throw caller.signal?.reason;
        switch (found.is) {
          case 'token':
            return found.token;
          case 'useless':
            return undefined;
          case 'other-user':
            throw new UserChangedError();
          case 'wait':
          case 'unavailable':
            throw isStarted() ? unavailable(state()) : notStarted();
          default:
            if (goesBare && state().session.status === 'unauthenticated') return undefined;
            throw endOf(state().session, demand.fresh === true, held ? outcome : undefined);
        }
      };
    };
  };

  const wait = (demand: Demand, caller: Caller) => waiters.wait(judge(demand, caller, false), caller.signal);

  const take = (
    demand: Demand,
    caller: Caller,
    goesBare: boolean,
    onHeld?: () => void,
  ): AccessToken | undefined | Promise<unknown> => {
    const judged = judge(demand, caller, goesBare, onHeld);
    const found = judged(caller.signal?.aborted ? 'aborted' : undefined);
    return typeof found === 'function' ? found() : waiters.wait(judged, caller.signal);
  };

  /** Waits for a fact that is no token, as long as a call waits for one. */
  const until = <T>(fact: () => T | undefined): Promise<T> => {
    wake();
    const askedAt = clock.now();
    return waiters.wait(() => {
      const found = fact();
      if (found !== undefined) return () => found;
      const inMs = policy.refreshTimeoutMs - waitedMs(askedAt, clock.now());
      if (inMs > 0) return { for: 'fact', inMs };
      return () => {
        throw isStarted() ? unavailable(state()) : notStarted();
      };
    });
  };

  const ownerNow = () => ({ epoch: state().epoch, user: state().user });

  const demandNow = (holds: boolean): Demand => {
    wake();
    return { ...demandAt(state(), clock.now()), holds };
  };

  return {
    tokensFor: (caller: Caller, isOptional: boolean): CallTokens => {
      const demand = demandNow(caller.holds);
      const goesBare = isOptional && state().user === undefined;
      /** Whose token the call was sent with: it may have been made before anybody was known. */
      let sentBy: Pick<Demand, 'epoch' | 'user'> = demand;
      return {
        current: () => {
          const token = take(demand, caller, goesBare);
          if (!(token instanceof Promise)) sentBy = ownerNow();
          return token;
        },
        newerThan: ({ tokenNumber }, by, canRepeat, onHeld) => {
          const newer: Demand = {
            ...sentBy,
            askedAt: clock.now(),
            exchanges: state().exchanges,
            ...by,
            newerThan: tokenNumber,
            holds: caller.holds && canRepeat,
          };
          return () => take(newer, caller, false, onHeld);
        },
      };
    },

    /** An API has taken the token of a call. */
    taken: ({ tokenNumber }: AccessToken, url: URL): void => {
      const { accepted, loopGuard } = state();
      // Most calls have nothing new to say.
      if (tokenNumber <= accepted && loopGuard === undefined) return;
      store.dispatch({ type: 'call-succeeded', tokenNumber, endpoints: [endpointOf(url), url.origin] });
    },

    /** The token of a replay was refused, too. */
    refusedAgain: ({ tokenNumber }: AccessToken, endpoint: string): void =>
      store.dispatch({ type: 'replay-refused', tokenNumber, endpoint }),

    /** `newerThan`: a token that was given before, and was refused by something that is no call of this client. */
    token: async (
      { minValidityMs, newerThan }: { minValidityMs: number | undefined; newerThan: string | undefined },
      caller: Caller,
    ): Promise<AccessToken> => {
      const now = demandNow(caller.holds);
      const refused = newerThan === undefined ? undefined : given.find(newerThan);
      if (refused === undefined) {
        const token = (await wait({ ...now, minValidityMs }, caller)) as AccessToken;
        given.add(token, ownerNow(), false);
        return token;
      }
      const { tokenNumber, epoch, user, isReplacement } = refused;
      const held = state().token;
      const isYoung = held !== undefined && elapsedMs(held.obtainedAt, now.askedAt) < policy.uselessDistanceMs;
      if (isReplacement && isYoung) store.dispatch({ type: 'replay-refused', tokenNumber, endpoint: elsewhere });
      const demand: Demand = { ...now, epoch, user, minValidityMs, newerThan: tokenNumber, endpoint: elsewhere };
      const token = await wait(demand, caller);
      if (token === undefined) {
        const at = clock.now();
        throw new RefreshUnavailableError(Math.ceil(at.wallAt + distanceMs(state(), demand, at, policy)));
      }
      given.add(token, ownerNow(), true);
      return token;
    },

    /** What waits for a token of an exchange that begins after this moment. */
    refreshFromNow: (): (() => Promise<unknown>) => {
      const demand = { ...demandNow(false), fresh: true };
      return () => wait(demand, { holds: false });
    },

    started: (): Promise<true> => until(() => state().started || undefined),

    known: () => until(() => (isSettled(state().session) ? state().session : undefined)),
  };
};

/** The name for all that is no call of this client: sockets, XHR. */
const elsewhere = '';

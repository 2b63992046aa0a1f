import { endOf, notStarted, outcomeOf, unavailable } from './call-ends.ts';
import { RefreshUnavailableError, UserChangedError } from './errors.ts';
import type { CallTokens } from './fetch/auth-fetch.ts';
import { isRead } from './fetch/held-calls.ts';
import { endpointOf } from './fetch/refusals.ts';
import { createGivenTokens } from './given-tokens.ts';
import type { Clock } from './platform/platform.ts';
import type { Judge } from './refresh/waiters.ts';
import { answer, type Need, needAt } from './session/answer.ts';
import { elapsedMs, waitedMs } from './session/expiry.ts';
import { isSettled } from './session/show.ts';
import type { AccessToken, Policy } from './session/state.ts';
import { distanceMs } from './session/useless.ts';
import type { Store } from './store.ts';

type Signal = AbortSignal | null | undefined;

/** What a call is, as far as its wait for a token depends on it. */
export interface Caller {
  /** Absent: it may be anything. */
  readonly method?: string | undefined;
  readonly signal?: Signal;
  /** Waits until the user has signed in again, where that is asked for. */
  readonly holds: boolean;
}

interface CallsParts<Claims> {
  readonly store: Store<Claims>;
  readonly clock: Clock;
  readonly policy: Policy;
  isStarted(): boolean;
  /** Makes sure that a page which slept knows what happened meanwhile. */
  wake(): void;
}

/** What callers of one client wait for: each wait is bounded, and its end says what to do. */
export const createCalls = <Claims>({ store, clock, policy, isStarted, wake }: CallsParts<Claims>) => {
  const { state, waiters } = store;
  const given = createGivenTokens();

  const judge = (
    need: Need,
    caller: Caller,
    goesBare: boolean,
    onHeld?: () => void,
  ): Judge<AccessToken | undefined> => {
    let held = false;
    return (forced) => {
      wake();
      const found = answer(state(), need, clock.now(), policy);
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
            throw endOf(state().session, need.fresh === true, held ? outcome : undefined);
        }
      };
    };
  };

  const wait = (need: Need, caller: Caller) => waiters.wait(judge(need, caller, false), caller.signal);

  const take = (
    need: Need,
    caller: Caller,
    goesBare: boolean,
    onHeld?: () => void,
  ): AccessToken | undefined | Promise<unknown> => {
    const judged = judge(need, caller, goesBare, onHeld);
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

  const needNow = (holds: boolean): Need => {
    wake();
    return { ...needAt(state(), clock.now()), holds };
  };

  return {
    tokensFor: (caller: Caller, isOptional: boolean): CallTokens => {
      const need = needNow(caller.holds);
      const goesBare = isOptional && state().user === undefined;
      /** Whose token the call was sent with: it may have been made before anybody was known. */
      let sentBy: Pick<Need, 'epoch' | 'user'> = need;
      return {
        current: () => {
          const token = take(need, caller, goesBare);
          if (!(token instanceof Promise)) sentBy = ownerNow();
          return token;
        },
        newerThan: ({ serial }, by, canRepeat, onHeld) => {
          const newer: Need = {
            ...sentBy,
            askedAt: clock.now(),
            exchanges: state().exchanges,
            ...by,
            newerThan: serial,
            holds: caller.holds && canRepeat,
          };
          return () => take(newer, caller, false, onHeld);
        },
      };
    },

    /** An API has taken the token of a call. */
    taken: ({ serial }: AccessToken, url: URL): void => {
      const { accepted, useless } = state();
      // Most calls have nothing new to say.
      if (serial <= accepted && useless === undefined) return;
      store.dispatch({ type: 'call-succeeded', serial, endpoints: [endpointOf(url), url.origin] });
    },

    /** The token of a replay was refused, too. */
    refusedAgain: ({ serial }: AccessToken, endpoint: string): void =>
      store.dispatch({ type: 'replay-refused', serial, endpoint }),

    /** `newerThan`: a token that was given before, and was refused by something that is no call of this client. */
    token: async (
      { minValidityMs, newerThan }: { minValidityMs: number | undefined; newerThan: string | undefined },
      caller: Caller,
    ): Promise<AccessToken> => {
      const now = needNow(caller.holds);
      const refused = newerThan === undefined ? undefined : given.find(newerThan);
      if (refused === undefined) {
        const token = (await wait({ ...now, minValidityMs }, caller)) as AccessToken;
        given.add(token, ownerNow(), false);
        return token;
      }
      const { serial, epoch, user, isReplacement } = refused;
      const held = state().token;
      const isYoung = held !== undefined && elapsedMs(held.obtainedAt, now.askedAt) < policy.uselessDistanceMs;
      if (isReplacement && isYoung) store.dispatch({ type: 'replay-refused', serial, endpoint: elsewhere });
      const need: Need = { ...now, epoch, user, minValidityMs, newerThan: serial, endpoint: elsewhere };
      const token = await wait(need, caller);
      if (token === undefined) {
        const at = clock.now();
        throw new RefreshUnavailableError(Math.ceil(at.wallAt + distanceMs(state(), need, at, policy)));
      }
      given.add(token, ownerNow(), true);
      return token;
    },

    /** What waits for a token of an exchange that begins after this moment. */
    refreshFromNow: (): (() => Promise<unknown>) => {
      const need = { ...needNow(false), fresh: true };
      return () => wait(need, { holds: false });
    },

    started: (): Promise<true> => until(() => state().started || undefined),

    known: () => until(() => (isSettled(state().session) ? state().session : undefined)),
  };
};

/** The name for all that is no call of this client: sockets, XHR. */
const elsewhere = '';

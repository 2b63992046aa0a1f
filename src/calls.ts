import { RefreshRejectedError, RefreshUnavailableError, UnauthenticatedError, UserChangedError } from './errors.ts';
import type { CallPlan, CallTokens } from './fetch/auth-fetch.ts';
import type { Clock } from './platform/platform.ts';
import { answer, type Need, needAt } from './session/answer.ts';
import { waitedMs } from './session/expiry.ts';
import type { Session } from './session/session.ts';
import type { AccessToken, Policy, State } from './session/state.ts';
import type { Store } from './store.ts';

type Signal = AbortSignal | null | undefined;

/** What callers of one client wait for: each wait is bounded, and its end says what to do. */
export const createCalls = <Claims>(store: Store<Claims>, clock: Clock, policy: Policy, isStarted: () => boolean) => {
  const { state, waiters } = store;

  const judge = (need: Need, goesBare: boolean) => (): (() => AccessToken | undefined) | undefined => {
    const found = answer(state(), need, clock.now(), policy);
    if (found.is === 'wait') return undefined;
    return () => {
      switch (found.is) {
        case 'token':
          return found.token;
        case 'useless':
          return undefined;
        case 'ended':
          if (goesBare && state().session.status === 'unauthenticated') return undefined;
          throw endOf(state().session, need.fresh === true);
        case 'other-user':
          throw new UserChangedError();
        case 'unavailable':
          throw isStarted() ? unavailable(state()) : notStarted();
      }
    };
  };

  const wait = (need: Need, goesBare: boolean, signal: Signal) =>
    waiters.wait(need.askedAt, true, judge(need, goesBare), signal);

  const take = (need: Need, goesBare: boolean, signal: Signal): AccessToken | undefined | Promise<unknown> => {
    const settled = judge(need, goesBare)();
    return settled === undefined ? wait(need, goesBare, signal) : settled();
  };

  /** Waits for a fact that is no token, as long as a call waits for one. */
  const until = <T>(fact: () => T | undefined): Promise<T> => {
    const askedAt = clock.now();
    return waiters.wait(askedAt, false, () => {
      const found = fact();
      if (found !== undefined) return () => found;
      if (waitedMs(askedAt, clock.now()) < policy.refreshTimeoutMs) return undefined;
      return () => {
        throw isStarted() ? unavailable(state()) : notStarted();
      };
    });
  };

  return {
    tokensFor: ({ token }: CallPlan, signal: Signal): CallTokens => {
      const need = needAt(state(), clock.now());
      const goesBare = token === 'optional' && state().user === undefined;
      return {
        current: () => take(need, goesBare, signal),
        newerThan: ({ serial }) => {
          const newer = { ...need, askedAt: clock.now(), exchanges: state().exchanges, newerThan: serial };
          return () => take(newer, false, signal);
        },
      };
    },

    token: async (minValidityMs: number | undefined, signal: Signal): Promise<AccessToken> => {
      const token = await wait({ ...needAt(state(), clock.now()), minValidityMs }, false, signal);
      return token as AccessToken;
    },

    /** What waits for a token of an exchange that begins after this moment. */
    refreshFromNow: (): (() => Promise<unknown>) => {
      const need = { ...needAt(state(), clock.now()), fresh: true };
      return () => wait(need, false, undefined);
    },

    started: (): Promise<true> => until(() => state().started || undefined),

    known: (): Promise<Session<Claims>> =>
      until(() => (state().session.status === 'loading' ? undefined : state().session)),
  };
};

const endOf = (session: Session<unknown>, isRefresh: boolean): Error => {
  const reason = 'reason' in session ? session.reason : 'anonymous';
  if (reason === 'user-changed') return new UserChangedError();
  return isRefresh ? new RefreshRejectedError() : new UnauthenticatedError(reason);
};

const unavailable = ({ failure }: State<unknown>): Error => new RefreshUnavailableError(failure?.problem.retryAt);

const notStarted = (): TypeError =>
  new TypeError('The client was not started: call `start()`, or render the app inside <AuthProvider>.');

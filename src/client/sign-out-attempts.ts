import { backoffMs, retryAfterMs } from '../auth-server/backoff.ts';
import { isRefusal, type SignOutOutcome } from '../auth-server/sign-out.ts';
import type { Platform } from '../platform/platform.ts';
import type { SessionEvent } from '../session/events.ts';
import type { State } from '../session/state.ts';
import { elapsedMs, type Instant } from '../session/time.ts';
import type { KeptSignOut } from '../tabs/record/kept-sign-out.ts';
import type { SignOutResult } from './auth-client.ts';
import type { SessionStore } from './session-store.ts';

interface Parts {
  readonly platform: Pick<Platform, 'clock' | 'random'>;
  readonly kept: KeptSignOut;
  readonly store: Pick<SessionStore<never>, 'tell'> & {
    dispatch(event: Extract<SessionEvent<never>, { type: 'sign-out-unverified' | 'sign-out-settled' }>): void;
    state(): Pick<State<unknown>, 'session'>;
  };
  /** How long the user waits for the response. */
  readonly timeoutMs: number;
  /** Asks the server to end a session. Never rejects. */
  request(sid: string | undefined): Promise<SignOutOutcome>;
  /** Whether it is time to work: between start and stop. */
  isStarted(): boolean;
}

/** The session that an attempt is to end: the server's name for it, and the number of the session in this page. */
interface Subject {
  readonly sid: string | undefined;
  readonly session: number;
}

/** A request to end a session, until it is known what came of it. */
interface Attempt extends Subject {
  readonly result: Promise<SignOutResult>;
  readonly over: (answer: SignOutOutcome) => void;
}

const minRetryMs = 1000;

/** After this time, a request without a response may well be lost, and so may the page that sent it. */
const lostAfterMs = 60_000;

/** Asks the server to end the session that the pending sign-out names, one request at a time, until the sign-out is over. */
export const createSignOutAttempts = ({ platform, kept, store, timeoutMs, request, isStarted }: Parts) => {
  const { clock } = platform;
  let failures = 0;
  /** Since when, and for how long, no attempt follows the last one, whatever happens. */
  let pause: { readonly since: Instant; readonly forMs: number } | undefined;
  /** The number of the session that is to be ended: responses about those before it do not count. */
  let session = 0;
  let cancelRetry: (() => void) | undefined;
  let current: Attempt | undefined;
  /** The attempt whose response proves nothing, so that a refresh has to decide. */
  let unverified: { readonly attempt: Attempt; readonly answer: SignOutOutcome } | undefined;

  const rest = () => {
    cancelRetry?.();
    cancelRetry = undefined;
  };

  const retryIn = (ms: number) => {
    rest();
    if (!kept.isPending() || !isStarted()) return;
    cancelRetry = clock.setTimer(() => {
      cancelRetry = undefined;
      if (kept.isPending()) void finish();
    }, ms);
  };

  /** Other tabs choose other times. */
  const laterMs = () => lostAfterMs * (0.5 + platform.random());

  /** Another session is to be ended now: what is under way does not count for it. */
  const startOver = () => {
    session++;
    current = undefined;
    unverified = undefined;
  };

  const isPending = (subject: Subject) =>
    subject.session === session && kept.isPending() && kept.read()?.sid === subject.sid;

  const answered = (subject: Subject, { is, status = 0, headers }: SignOutOutcome) => {
    const counts = isPending(subject);
    const isGivenUp = counts && is === 'refused' && kept.refuse();
    if (counts && is === 'confirmed') kept.forget();
    if (counts && !kept.isPending()) store.dispatch({ type: 'sign-out-settled' });
    store.tell({ type: 'sign-out-finished', confirmed: is === 'confirmed' });
    if (isGivenUp) store.tell({ type: 'sign-out-given-up', status });
    const now = clock.now();
    const pauseMs = Math.max((headers && retryAfterMs(headers, now.wallAt)) ?? 0, minRetryMs);
    pause = { since: now, forMs: pauseMs };
    const shown = store.state().session;
    // The other tab tries as well, if it is still there.
    const othersTry = 'reason' in shown && shown.reason === 'signed-out-elsewhere';
    retryIn(Math.max(othersTry ? laterMs() : backoffMs(++failures, platform.random()), pauseMs));
  };

  /** Finishes the pending sign-out. Resolves with what the server has said, or has not said in time. */
  const finish = (sid = kept.read()?.sid): Promise<SignOutResult> => {
    if (current !== undefined && current.sid === sid) return current.result;
    let isOver = false;
    let resolve: (result: SignOutResult) => void = () => {};
    const settle = (result: SignOutResult) => {
      if (current === attempt) current = undefined;
      resolve(result);
    };
    const attempt: Attempt = {
      sid,
      session,
      result: new Promise((settled) => {
        resolve = settled;
      }),
      // A response that comes too late for the user still counts.
      over: (answer) => {
        if (isOver) return;
        isOver = true;
        cancel();
        const confirmed = answer.is === 'confirmed';
        settle('body' in answer ? { confirmed, body: answer.body } : { confirmed });
        answered(attempt, answer);
      },
    };
    const cancel = clock.setTimer(() => {
      store.tell({ type: 'sign-out-finished', confirmed: false });
      settle({ confirmed: false });
      retryIn(laterMs());
    }, timeoutMs);
    current = attempt;
    void request(sid).then((answer) => {
      if (answer.is !== 'doubtful' || !isPending(attempt)) attempt.over(answer);
      else {
        unverified = { attempt, answer };
        store.dispatch({ type: 'sign-out-unverified' });
      }
    });
    return attempt.result;
  };

  /** A refresh has shown what came of the sign-out. */
  const conclude = (answer: SignOutOutcome) => {
    const attempt = unverified?.attempt ?? current;
    unverified = undefined;
    if (attempt === undefined) answered({ sid: kept.read()?.sid, session }, answer);
    else attempt.over(answer);
  };

  return {
    finish,
    /** Makes no further attempt until it is asked to. */
    rest,
    startOver,
    /** An attempt may well succeed now: the page was woken, or is online again. Nothing but `Retry-After` delays it. */
    wake: () => {
      const pauseMs = pause === undefined ? 0 : pause.forMs - elapsedMs(pause.since, clock.now());
      if (pauseMs > 0 && current === undefined) retryIn(pauseMs);
      else void finish();
    },
    /** Tries later: the other tab that signed out may be gone before it is confirmed. */
    later: () => retryIn(laterMs()),
    /** The user asks for it: the next attempt does not wait because of those before. */
    resetRetries: () => {
      failures = 0;
      pause = undefined;
    },
    /** A refresh has shown that the session has ended, or that somebody else is signed in now. */
    conclude,
    /** A refresh has shown that the session goes on. */
    sessionGoesOn: () => {
      if (unverified !== undefined) {
        const { answer } = unverified;
        conclude({ ...answer, is: isRefusal(answer) ? 'refused' : 'unknown' });
      } else if (current === undefined && cancelRetry === undefined) void finish();
    },
  };
};

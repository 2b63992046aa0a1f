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
  /** How long the user is kept waiting for the server's word. */
  readonly timeoutMs: number;
  /** Asks the server to end a session. Never rejects. */
  request(sid: string | undefined): Promise<SignOutOutcome>;
  /** Whether it is time to work: between start and stop. */
  isStarted(): boolean;
}

/** A request to end a session, until it is known what came of it. */
interface Attempt {
  readonly sid: string | undefined;
  readonly result: Promise<SignOutResult>;
  readonly over: (answer: SignOutOutcome) => void;
}

const minRetryMs = 1000;

/** After this time, a request without an answer may well be lost, and so may the page that has sent it. */
const lostAfterMs = 60_000;

/** Asks the server to end the session that the record keeps a sign-out of, one request at a time, until that is over. */
export const createSignOutAttempts = ({ platform, kept, store, timeoutMs, request, isStarted }: Parts) => {
  const { clock } = platform;
  let failures = 0;
  /** When the last attempt was answered, and for how long no other follows, whatever happens. */
  let quiet: { readonly since: Instant; readonly forMs: number } | undefined;
  /** Counts the sessions that are to be ended: an answer from before the last one says nothing of it. */
  let ended = 0;
  let cancelRetry: (() => void) | undefined;
  let current: Attempt | undefined;
  /** The attempt that a refresh decides, and what it was answered. */
  let doubted: { readonly attempt: Attempt; readonly answer: SignOutOutcome } | undefined;

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

  /** At another time than the other pages. */
  const laterMs = () => lostAfterMs * (0.5 + platform.random());

  /** What is under way is about another session than the one that is to be ended now. */
  const beginAnew = () => {
    ended++;
    current = undefined;
    doubted = undefined;
  };

  const answered = (sid: string | undefined, { is, status = 0, headers }: SignOutOutcome, isOutdated: boolean) => {
    const isAbout = !isOutdated && kept.isPending() && kept.read()?.sid === sid;
    const isGivenUp = isAbout && is === 'refused' && kept.refuse();
    if (isAbout && is === 'confirmed') kept.forget();
    if (isAbout && !kept.isPending()) store.dispatch({ type: 'sign-out-settled' });
    store.tell({ type: 'sign-out-finished', confirmed: is === 'confirmed' });
    if (isGivenUp) store.tell({ type: 'sign-out-given-up', status });
    const now = clock.now();
    const quietMs = Math.max((headers && retryAfterMs(headers, now.wallAt)) ?? 0, minRetryMs);
    quiet = { since: now, forMs: quietMs };
    const { session } = store.state();
    // Another page tries as well, if it is still there.
    const othersTry = 'reason' in session && session.reason === 'signed-out-elsewhere';
    retryIn(Math.max(othersTry ? laterMs() : backoffMs(++failures, platform.random()), quietMs));
  };

  /** Finishes the sign-out that the record shows; says whether the server has confirmed it in time. */
  const finish = (sid = kept.read()?.sid): Promise<SignOutResult> => {
    if (current !== undefined && current.sid === sid) return current.result;
    const endedBefore = ended;
    let isOver = false;
    let resolve: (result: SignOutResult) => void = () => {};
    const settle = (result: SignOutResult) => {
      if (current === attempt) current = undefined;
      resolve(result);
    };
    const attempt: Attempt = {
      sid,
      result: new Promise((settled) => {
        resolve = settled;
      }),
      // An answer that comes too late for the user still counts.
      over: (answer) => {
        if (isOver) return;
        isOver = true;
        cancel();
        const confirmed = answer.is === 'confirmed';
        settle('body' in answer ? { confirmed, body: answer.body } : { confirmed });
        answered(sid, answer, ended !== endedBefore);
      },
    };
    const cancel = clock.setTimer(() => {
      store.tell({ type: 'sign-out-finished', confirmed: false });
      settle({ confirmed: false });
      retryIn(laterMs());
    }, timeoutMs);
    current = attempt;
    void request(sid).then((answer) => {
      const isAbout = ended === endedBefore && kept.isPending() && kept.read()?.sid === sid;
      if (answer.is !== 'doubtful' || !isAbout) attempt.over(answer);
      else {
        doubted = { attempt, answer };
        store.dispatch({ type: 'sign-out-unverified' });
      }
    });
    return attempt.result;
  };

  /** A refresh has shown what came of the sign-out. */
  const conclude = (answer: SignOutOutcome) => {
    const attempt = doubted?.attempt ?? current;
    doubted = undefined;
    if (attempt === undefined) answered(kept.read()?.sid, answer, false);
    else attempt.over(answer);
  };

  return {
    finish,
    /** Tries no more until it is asked to. */
    rest,
    beginAnew,
    /** It may succeed now: the page was woken, or is online again. Only the server's own `Retry-After` still counts. */
    wake: () => {
      const quietMs = quiet === undefined ? 0 : quiet.forMs - elapsedMs(quiet.since, clock.now());
      if (quietMs > 0 && current === undefined) retryIn(quietMs);
      else void finish();
    },
    /** Another page may try, and be gone before it is confirmed. */
    later: () => retryIn(laterMs()),
    /** The user asks for it: the next attempt does not wait for those before. */
    hurry: () => {
      failures = 0;
      quiet = undefined;
    },
    /** A refresh has shown that the session has ended, or that it is somebody else's by now. */
    conclude,
    /** A refresh has shown that the session goes on. */
    goesOn: () => {
      if (doubted !== undefined) {
        const { answer } = doubted;
        conclude({ ...answer, is: isRefusal(answer) ? 'refused' : 'unknown' });
      } else if (current === undefined && cancelRetry === undefined) void finish();
    },
  };
};

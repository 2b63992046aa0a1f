import { backoffMs, retryAfterMs } from '../auth-server/backoff.ts';
import { isRefusal, type SignOutOutcome } from '../auth-server/sign-out.ts';
import type { Platform } from '../platform/platform.ts';
import { createTimer } from '../platform/timer.ts';
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

/** A request to end a session, until it is known what came of it. */
interface Attempt {
  /** The server's name for the session. */
  readonly sid: string | undefined;
  /** The number of the session in this page. */
  readonly session: number;
  readonly result: Promise<SignOutResult>;
  /** The user still waits for the result. */
  isAwaited: boolean;
  /** A response that proves nothing, so that a refresh has to decide. */
  doubt?: SignOutOutcome;
  readonly end: (outcome: SignOutOutcome) => void;
}

const MIN_RETRY_MS = 1000;

/** After this time, a request without a response may well be lost, and so may the page that sent it. */
const LOST_AFTER_MS = 60_000;

/** Asks the server to end the session that the pending sign-out names, until the sign-out is over. */
export function createSignOutAttempts({ platform, kept, store, timeoutMs, request, isStarted }: Parts) {
  const { clock } = platform;
  /** The number of the session that is to be ended: what comes of requests for those before it does not count. */
  let session = 0;
  /** The newest request. */
  let current: Attempt | undefined;
  let failures = 0;
  /** Since when, and for how long, no request follows the last response, whatever happens. */
  let pause: { readonly since: Instant; readonly forMs: number } | undefined;

  const retry = createTimer(clock, () => {
    if (kept.isPending()) void finish();
  });
  const retryIn = (ms: number) => retry(kept.isPending() && isStarted() ? ms : undefined);

  /** Other tabs choose other times. */
  const laterMs = () => LOST_AFTER_MS * (0.5 + platform.random());

  const isPending = (attempt: Attempt) =>
    attempt.session === session && kept.isPending() && kept.read()?.sid === attempt.sid;

  const noteOutcome = (counts: boolean, { is, status = 0, headers }: SignOutOutcome) => {
    const isGivenUp = counts && is === 'refused' && kept.refuse();
    if (counts && is === 'confirmed') kept.forget();
    if (counts && !kept.isPending()) store.dispatch({ type: 'sign-out-settled' });
    store.tell({ type: 'sign-out-finished', confirmed: is === 'confirmed' });
    if (isGivenUp) store.tell({ type: 'sign-out-given-up', status });
    const now = clock.now();
    const pauseMs = Math.max((headers && retryAfterMs(headers, now.wallAt)) ?? 0, MIN_RETRY_MS);
    pause = { since: now, forMs: pauseMs };
    const shown = store.state().session;
    // The other tab tries as well, if it is still there.
    const othersTry = 'reason' in shown && shown.reason === 'signed-out-elsewhere';
    retryIn(Math.max(othersTry ? laterMs() : backoffMs(++failures, platform.random()), pauseMs));
  };

  /** Finishes the pending sign-out. Resolves with what the server has said, or has not said in time. */
  const finish = (sid = kept.read()?.sid): Promise<SignOutResult> => {
    if (current?.isAwaited && current.sid === sid) return current.result;
    let settle: (result: SignOutResult) => void = () => {};
    let isOver = false;
    const attempt: Attempt = {
      sid,
      session,
      result: new Promise((resolve) => {
        settle = resolve;
      }),
      isAwaited: true,
      // A response that comes too late for the user still counts.
      end: (outcome) => {
        if (isOver) return;
        isOver = true;
        cancel();
        const counts = isPending(attempt);
        if (current === attempt) current = undefined;
        const confirmed = outcome.is === 'confirmed';
        settle('body' in outcome ? { confirmed, body: outcome.body } : { confirmed });
        noteOutcome(counts, outcome);
      },
    };
    const cancel = clock.setTimer(() => {
      attempt.isAwaited = false;
      store.tell({ type: 'sign-out-finished', confirmed: false });
      settle({ confirmed: false });
      retryIn(laterMs());
    }, timeoutMs);
    current = attempt;
    void request(sid).then((outcome) => {
      if (outcome.is !== 'doubtful' || !isPending(attempt)) return attempt.end(outcome);
      attempt.doubt = outcome;
      store.dispatch({ type: 'sign-out-unverified' });
    });
    return attempt.result;
  };

  /** A refresh has shown what came of the sign-out. */
  const conclude = (outcome: SignOutOutcome) => {
    if (current === undefined) noteOutcome(kept.isPending(), outcome);
    else current.end(outcome);
  };

  return {
    finish,
    /** Makes no further attempt until it is asked to. */
    rest: () => retry(undefined),
    /** Another session is to be ended now: what is under way does not count for it. */
    startOver: () => {
      session++;
      current = undefined;
    },
    /**
     * An attempt may well succeed now: the page was woken, or is online again. Nothing but `Retry-After`
     * delays it.
     */
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
      if (current?.doubt !== undefined)
        conclude({ ...current.doubt, is: isRefusal(current.doubt) ? 'refused' : 'unknown' });
      else if (current === undefined && pause === undefined) void finish();
    },
  };
}

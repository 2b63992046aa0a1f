import type { SendAuthRequest } from '../auth-server/auth-request.ts';
import type { Endpoint } from '../auth-server/endpoint.ts';
import { sendSignOut } from '../auth-server/sign-out.ts';
import type { Platform } from '../platform/platform.ts';
import { mayOtherTabDiffer } from '../session/accept-tokens.ts';
import { mayBeAnybody, storedSid } from '../session/earlier-page.ts';
import type { RefreshEvent } from '../session/events.ts';
import type { Identity } from '../session/identity.ts';
import { judgeByRefresh, type PendingSignOut } from '../session/pending-sign-out.ts';
import type { IdempotencyKeys } from '../tabs/record/idempotency-key.ts';
import { createKeptSignOut } from '../tabs/record/kept-sign-out.ts';
import type { SessionTracker } from '../tabs/record/session-tracker.ts';
import type { StoredValue } from '../tabs/record/stored-value.ts';
import type { Enqueue } from '../tabs/request-queue.ts';
import type { SignOutResult } from './auth-client.ts';
import { RefreshRejectedError, UnauthenticatedError } from './errors.ts';
import type { SessionStore } from './session-store.ts';
import { createSignOutAttempts } from './sign-out-attempts.ts';

interface SignOutParts<Claims> {
  readonly platform: Platform;
  readonly sendAuthRequest: SendAuthRequest;
  readonly endpoint: Endpoint;
  readonly enqueue: Enqueue;
  readonly entry: StoredValue<PendingSignOut>;
  readonly tracker: Pick<SessionTracker, 'current' | 'read' | 'keep'>;
  readonly keys: Pick<IdempotencyKeys, 'forget'>;
  readonly store: SessionStore<Claims>;
  /** How long the user waits for the response. */
  readonly timeoutMs: number;
  /** Whether it is time to work: between start and stop. */
  isStarted(): boolean;
  /** Compares the record with what this page believes. */
  compare(): void;
}

/**
 * Signs out in this page first, then at the server. The record keeps the sign-out until the server has
 * confirmed it, and this page or the next one tries again.
 */
export function createSignOut<Claims>({
  platform,
  sendAuthRequest,
  endpoint,
  enqueue,
  entry,
  tracker,
  keys,
  store,
  timeoutMs,
  isStarted,
  compare,
}: SignOutParts<Claims>) {
  const kept = createKeptSignOut({
    entry,
    tracker,
    uuid: platform.uuid,
    wallAt: () => platform.clock.now().wallAt,
  });
  let count = 0;
  /** This page's last sign-out: signing out again is about the same session, and nobody else's. */
  let last: PendingSignOut = {};
  /** Refreshes up to this one say nothing about the session that is to be ended. */
  let lastAttempt = 0;

  const request = (sid: string | undefined) =>
    sendSignOut(sendAuthRequest, endpoint, enqueue, sid, () => kept.isPending() && !mayBeAnybody(store.state()));

  const attempts = createSignOutAttempts({ platform, kept, store, timeoutMs, request, isStarted });

  return {
    finish: attempts.finish,
    wake: attempts.wake,
    isPending: kept.isPending,
    /** Whether the request names its session, so that it can't end another one. */
    isNamed: (): boolean => kept.read()?.sid !== undefined,
    /** Somebody has signed in. */
    forget: kept.forget,
    /** Another tab has signed out: it may be gone before that is confirmed. */
    watch: attempts.later,
    /** Makes no further attempt until it is asked to. */
    rest: attempts.rest,
    /**
     * Takes what came of a refresh. While a sign-out is pending, a session that the refresh has found is
     * shown only if it is another one than the sign-out is about. If the refresh has found nobody, the
     * sign-out is confirmed.
     */
    receive: (event: RefreshEvent<Claims>): void => {
      const shown = judgeByRefresh(kept.read(), store.state(), event, lastAttempt, platform.clock.now().wallAt);
      if (shown === 'same') {
        const { identityVersion, attempt } = event;
        store.dispatch({ type: 'refresh-withheld', identityVersion, attempt });
        attempts.sessionGoesOn();
        return;
      }
      if (shown === 'other') kept.forget();
      store.dispatch(event);
      if (shown !== 'nothing') attempts.conclude({ is: shown === 'over' ? 'confirmed' : 'unknown' });
    },
    /**
     * Finishes a pending sign-out, then asks who is signed in. Rejects if it is still the user who has signed
     * out.
     */
    finishFirst: async (refreshed: () => Promise<unknown>): Promise<void> => {
      const wasPending = kept.isPending();
      // A request that names no session would end that of a user who has signed in since.
      if (wasPending && kept.read()?.sid !== undefined) await attempts.finish();
      await refreshed().catch((error: unknown) => {
        const isWithheld = wasPending && error instanceof RefreshRejectedError && kept.isPending();
        throw isWithheld ? new UnauthenticatedError('signed-out') : error;
      });
    },
    /** Ends a session that has begun although the user has signed out meanwhile. */
    undo: (owner: Identity): void => {
      const { sid } = owner;
      if (store.state().session.status === 'authenticated') {
        // Somebody has signed in since. Only a request that names the session leaves theirs alone.
        if (sid !== undefined) void request(sid);
        return;
      }
      attempts.startOver();
      lastAttempt = store.state().refresh.attempt;
      const pending = kept.of(owner);
      kept.keep(pending);
      kept.own(pending);
      void attempts.finish(sid);
    },
    /** How many times the user has signed out: a sign-in that began before the last time does not count. */
    count: () => count,
    signOut: async (): Promise<SignOutResult> => {
      if (platform.page.address() === undefined) return { confirmed: false };
      compare();
      const state = store.state();
      const { user } = state;
      const isElsewhere = mayOtherTabDiffer(state) && tracker.read()?.expiresAt !== undefined;
      // A page that is loading has found another session than the one that it signed out of last.
      const before = kept.read() ?? (state.session.status === 'loading' ? {} : last);
      const owner: Identity = user ?? { sid: before.sid ?? storedSid(state) };
      const { sid } = owner;
      const pending = kept.of(owner, user === undefined ? before.user : undefined);
      // Somebody has signed in since the sign-out that is under way, and that one names no session.
      if (user !== undefined && sid === undefined) attempts.startOver();
      last = pending;
      lastAttempt = state.refresh.attempt;
      count++;
      attempts.resetRetries();
      if (isElsewhere) {
        // Somebody has signed in in another tab, and stays. Only the session that this tab showed is ended,
        // if it has a name.
        store.dispatch({ type: 'signed-out', isElsewhere });
        return sid === undefined ? { confirmed: false } : attempts.finish(sid);
      }
      kept.keep(pending);
      keys.forget();
      store.dispatch({ type: 'signed-out' });
      kept.own(pending);
      void Promise.resolve().then(kept.isPending);
      return attempts.finish(sid);
    },
  };
}

import type { SendAuthRequest } from '../auth-server/auth-request.ts';
import type { Endpoint } from '../auth-server/endpoint.ts';
import { sendSignOut } from '../auth-server/sign-out.ts';
import type { Platform } from '../platform/platform.ts';
import { isIdentityUncertain } from '../session/accept-tokens.ts';
import { mayBeAnybody, storedSid } from '../session/earlier-page.ts';
import type { SessionEvent } from '../session/events.ts';
import type { Identity } from '../session/identity.ts';
import type { PendingSignOut } from '../session/pending-sign-out.ts';
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
  /** How long the user is kept waiting for the server's word. */
  readonly timeoutMs: number;
  /** Whether it is time to work: between start and stop. */
  isStarted(): boolean;
  /** Compares the record with what this page believes. */
  compare(): void;
}

/**
 * Sign-out: here first, then at the server. Until the server has confirmed it, the record keeps it, and this page or the
 * next one tries again.
 */
export const createSignOut = <Claims>({
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
}: SignOutParts<Claims>) => {
  const kept = createKeptSignOut({
    entry,
    tracker,
    uuid: platform.uuid,
    wallAt: () => platform.clock.now().wallAt,
  });
  let count = 0;
  /** That of this page before: signing out again is not about anybody else's session. */
  let last: PendingSignOut = {};
  /** Refreshes up to this one say nothing of the session that is to be ended. */
  let lastExchange = 0;

  const request = (sid: string | undefined) =>
    sendSignOut(sendAuthRequest, endpoint, enqueue, sid, () => kept.isPending() && !mayBeAnybody(store.state()));

  const requests = createSignOutAttempts({ platform, kept, store, timeoutMs, request, isStarted });

  return {
    finish: () => requests.finish(),
    wake: requests.wake,
    isPending: kept.isPending,
    /** Whether the request can end no other session than the one that is meant. */
    isNamed: (): boolean => kept.read()?.sid !== undefined,
    /** Somebody has signed in. */
    forget: kept.forget,
    /** Another page has signed out: it may be gone before that is confirmed. */
    watch: requests.later,
    /** Tries no more until it is asked to. */
    rest: requests.rest,
    /**
     * Takes what a refresh came to. While a sign-out is pending, a session found is shown where it is another one than the one
     * that is being ended; and where nobody is found, the sign-out is confirmed.
     */
    receive: (event: SessionEvent<Claims>): void => {
      const { identityVersion, session, refresh } = store.state();
      const isAnswer = event.type === 'refreshed' || event.type === 'refresh-rejected';
      const isShown = session.status === 'authenticated' || session.status === 'relogin-required';
      if (!isAnswer || event.identityVersion !== identityVersion || isShown || !kept.isPending()) {
        store.dispatch(event);
        return;
      }
      const { attempt } = event;
      const isCurrent = attempt > lastExchange;
      if (event.type === 'refresh-rejected') {
        store.dispatch(event);
        if (isCurrent && attempt === refresh.attempt) requests.conclude({ is: 'confirmed' });
        return;
      }
      if (isCurrent && kept.isOthers(event.tokenSet.user)) {
        kept.forget();
        store.dispatch(event);
        requests.conclude({ is: 'unknown' });
        return;
      }
      store.dispatch({ type: 'refresh-withheld', identityVersion, attempt });
      requests.goesOn();
    },
    /** Lets the server say who is signed in, after the sign-out that is pending. Rejects where it is still who has signed out. */
    finishFirst: async (refreshed: () => Promise<unknown>): Promise<void> => {
      const wasPending = kept.isPending();
      // A request that names nobody would end the session of whoever has signed in since.
      if (wasPending && kept.read()?.sid !== undefined) await requests.finish();
      await refreshed().catch((error: unknown) => {
        const isWithheld = wasPending && error instanceof RefreshRejectedError && kept.isPending();
        throw isWithheld ? new UnauthenticatedError('signed-out') : error;
      });
    },
    /** Ends a session that has come about though the user has signed out meanwhile. */
    undo: (owner: Identity): void => {
      const { sid } = owner;
      if (store.state().session.status === 'authenticated') {
        // Somebody has signed in since: only a sign-out that names the session leaves theirs alone.
        if (sid !== undefined) void request(sid);
        return;
      }
      requests.beginAnew();
      lastExchange = store.state().refresh.attempt;
      const pending = kept.of(owner);
      kept.keep(pending);
      kept.own(pending);
      void requests.finish(sid);
    },
    /** How many times the user has signed out: what began before the last one is void. */
    count: () => count,
    signOut: async (): Promise<SignOutResult> => {
      if (platform.page.address() === undefined) return { confirmed: false };
      compare();
      const { user, refresh } = store.state();
      const isElsewhere = isIdentityUncertain(store.state()) && tracker.read()?.expiresAt !== undefined;
      const before = kept.read();
      const found = before?.sid ?? storedSid(store.state()) ?? last.sid;
      const pending = user === undefined ? { ...kept.of({}), sid: found, user: (before ?? last).user } : kept.of(user);
      const { sid } = pending;
      // Somebody has signed in since the sign-out that is under way, which cannot say of whom it is.
      if (user !== undefined && sid === undefined) requests.beginAnew();
      last = pending;
      lastExchange = refresh.attempt;
      count++;
      requests.hurry();
      if (isElsewhere) {
        // Somebody has signed in on another page, and stays: the session of before alone is ended, if it has a name.
        store.dispatch({ type: 'signed-out', isElsewhere });
        return sid === undefined ? { confirmed: false } : requests.finish(sid);
      }
      kept.keep(pending);
      keys.forget();
      store.dispatch({ type: 'signed-out' });
      kept.own(pending);
      void Promise.resolve().then(kept.isPending);
      return requests.finish(sid);
    },
  };
};

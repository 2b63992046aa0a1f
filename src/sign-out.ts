import type { Platform } from './platform/platform.ts';
import type { Ask, Endpoint } from './refresh/ask.ts';
import { backoffMs, retryAfterMs } from './refresh/backoff.ts';
import { askToSignOut, type SignOutAnswer } from './refresh/sign-out.ts';
import type { TakeTurn } from './refresh/turns.ts';
import { isOvertaken } from './session/commit.ts';
import type { Store } from './store.ts';
import type { Entry } from './tabs/entry.ts';
import type { Epochs } from './tabs/epochs.ts';
import type { ExchangeKeys } from './tabs/exchange-keys.ts';
import type { PendingSignOut } from './tabs/record.ts';

interface SignOutParts<Claims> {
  readonly platform: Platform;
  readonly ask: Ask;
  readonly endpoint: Endpoint;
  readonly takeTurn: TakeTurn;
  readonly entry: Entry<PendingSignOut>;
  readonly epochs: Pick<Epochs, 'current' | 'read' | 'keep'>;
  readonly keys: Pick<ExchangeKeys, 'forget'>;
  readonly store: Store<Claims>;
  /** How long the user is kept waiting for the server's word. */
  readonly timeoutMs: number;
  /** Whether it is time to work: between start and stop. */
  isStarted(): boolean;
  /** Compares the record with what this page believes. */
  compare(): void;
}

const minRetryMs = 1000;

/** After this time, a request without an answer may well be lost, and so may the page that has sent it. */
const lostAfterMs = 60_000;

/**
 * Sign-out: here first, then at the server. Until the server has confirmed it, the record keeps it, and this page or the
 * next one tries again.
 */
export const createSignOut = <Claims>({
  platform,
  ask,
  endpoint,
  takeTurn,
  entry,
  epochs,
  keys,
  store,
  timeoutMs,
  isStarted,
  compare,
}: SignOutParts<Claims>) => {
  const { clock } = platform;
  let count = 0;
  let failures = 0;
  /** The session that was signed out of last: signing out again is not about anybody else's. */
  let lastSid: string | undefined;
  /** The sign-out of this page that is not confirmed yet, and the epoch that began with it. */
  let mine: { readonly sid: string | undefined; readonly epoch: string | undefined } | undefined;
  /** Counts the sessions that are to be ended: an answer from before the last one says nothing of it. */
  let ended = 0;
  let cancelRetry = () => {};
  let pending: { readonly sid: string | undefined; readonly confirmed: Promise<boolean> } | undefined;

  /** Written again where it is gone, as long as nobody has begun another epoch: apps clear storage as somebody leaves. */
  const isPending = (): boolean => {
    if (mine !== undefined && entry.read() === undefined) {
      const epoch = epochs.read()?.epoch;
      if (epoch === undefined) epochs.keep('same', {});
      if (epoch === undefined || epoch === mine.epoch) entry.write({ sid: mine.sid });
    }
    return entry.read() !== undefined;
  };

  const forget = () => {
    mine = undefined;
    entry.write(undefined);
  };

  const rest = () => cancelRetry();

  const retryIn = (ms: number) => {
    rest();
    if (isPending() && isStarted()) cancelRetry = clock.setTimer(() => void (isPending() && finish()), ms);
  };

  /** At another time than the other pages. */
  const laterMs = () => lostAfterMs * (0.5 + platform.random());

  /** What is under way is about another session than the one that is to be ended now. */
  const beginAnew = () => {
    ended++;
    pending = undefined;
  };

  const answered = (sid: string | undefined, { is, headers }: SignOutAnswer, isOutdated: boolean) => {
    if (is !== 'unknown' && !isOutdated && isPending() && entry.read()?.sid === sid) {
      forget();
      store.dispatch({ type: 'sign-out-settled' });
    }
    store.tell({ type: 'sign-out-finished', confirmed: is === 'confirmed' });
    const mandatedMs = (headers && retryAfterMs(headers, clock.now().wallAt)) ?? minRetryMs;
    const { session } = store.state();
    // Another page tries as well, if it is still there.
    const othersTry = 'reason' in session && session.reason === 'signed-out-elsewhere';
    retryIn(Math.max(othersTry ? laterMs() : backoffMs(++failures, platform.random()), mandatedMs, minRetryMs));
  };

  /** Finishes the sign-out that the record shows; says whether the server has confirmed it in time. */
  const finish = (sid = entry.read()?.sid): Promise<boolean> => {
    if (pending !== undefined && pending.sid === sid) return pending.confirmed;
    const endedBefore = ended;
    const confirmed = new Promise<boolean>((resolve) => {
      const settle = (isConfirmed: boolean) => {
        if (pending?.confirmed === confirmed) pending = undefined;
        resolve(isConfirmed);
      };
      const cancel = clock.setTimer(() => {
        store.tell({ type: 'sign-out-finished', confirmed: false });
        settle(false);
        retryIn(laterMs());
      }, timeoutMs);
      // An answer that comes too late for the user still counts.
      void askToSignOut(ask, endpoint, takeTurn, sid, isPending).then((answer) => {
        cancel();
        settle(answer.is === 'confirmed');
        answered(sid, answer, ended !== endedBefore);
      });
    });
    pending = { sid, confirmed };
    return confirmed;
  };

  return {
    finish,
    isPending,
    /** Somebody has signed in. */
    forget,
    /** Another page has signed out: it may be gone before that is confirmed. */
    watch: () => retryIn(laterMs()),
    /** Tries no more until it is asked to. */
    rest,
    /** Ends a session that has come about though the user has signed out meanwhile. */
    undo: (sid: string | undefined): void => {
      if (store.state().session.status === 'authenticated') {
        // Somebody has signed in since: only a sign-out that names the session leaves theirs alone.
        if (sid !== undefined) void askToSignOut(ask, endpoint, takeTurn, sid, isPending);
        return;
      }
      beginAnew();
      entry.write({ sid });
      mine = { sid, epoch: epochs.current() };
      void finish(sid);
    },
    /** How many times the user has signed out: what began before the last one is void. */
    count: () => count,
    signOut: async (): Promise<{ readonly confirmed: boolean }> => {
      if (platform.page.address() === undefined) return { confirmed: false };
      compare();
      const { user, arrived, recordedSid } = store.state();
      const isElsewhere = isOvertaken(store.state()) && epochs.read()?.expiresAt !== undefined;
      const sid = user === undefined ? (entry.read()?.sid ?? (arrived ? undefined : recordedSid) ?? lastSid) : user.sid;
      // Somebody has signed in since the sign-out that is under way, which cannot say of whom it is.
      if (user !== undefined && sid === undefined) beginAnew();
      lastSid = sid;
      count++;
      failures = 0;
      if (isElsewhere) {
        // Somebody has signed in on another page, and stays: the session of before alone is ended, if it has a name.
        store.dispatch({ type: 'signed-out', isElsewhere });
        return { confirmed: sid !== undefined && (await finish(sid)) };
      }
      entry.write({ sid });
      keys.forget();
      store.dispatch({ type: 'signed-out' });
      mine = { sid, epoch: epochs.current() };
      void Promise.resolve().then(isPending);
      return { confirmed: await finish(sid) };
    },
  };
};

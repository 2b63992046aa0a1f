import type { PageEvent, PageInfo } from '../platform/platform.ts';
import type { SessionEvent } from '../session/events.ts';
import type { SessionTracker } from './record/session-tracker.ts';

interface PageLifecycleParts {
  readonly page: PageInfo;
  readonly tracker: SessionTracker;
  /** Waits until the work has ended, successfully or not, for a bounded time. */
  patiently(work: Promise<unknown>): Promise<void>;
  dispatch(
    event: Extract<
      SessionEvent<never>,
      { type: 'started' | 'stopped' | 'visibility' | 'online' | 'resumed' | 'restored' | 'shared-session-changed' }
    >,
  ): void;
}

/** What follows the life of the page. */
export interface Followers {
  /** The other tabs of the session. */
  readonly otherTabs: {
    /** Listens to them. */
    join(): void;
    /** The page is left: it may come back, and hears of sign-ins and sign-outs alone until it does. */
    rest(): void;
    leave(): void;
  };
  readonly signOut: {
    isPending(): boolean;
    /** Whether the request names its session, so that it can't end another one. */
    isNamed(): boolean;
    /** Asks the server, and waits for its response for a bounded time. */
    finish(): Promise<unknown>;
    /** Finishes it as soon as the server allows another request. */
    wake(): void;
    /** Finishes it later, if no other tab does. */
    watch(): void;
    rest(): void;
  };
}

/**
 * Why the record is compared. `news`: another tab says that it has changed. `refresh`: one is about to be
 * sent, or is over. `restored`: the page is back from the back/forward cache. `woken`: it starts, or its code
 * runs before the event that wakes it.
 */
type ComparisonReason = 'news' | 'refresh' | 'restored' | 'woken';

/**
 * When the client listens and works: from the first `start()` until every stop function was called. Stopping
 * takes effect at the end of the current task, so that a stop followed by a start (React's StrictMode)
 * changes nothing.
 */
export function createPageLifecycle({ page, tracker, patiently, dispatch }: PageLifecycleParts) {
  let otherTabs: Followers['otherTabs'];
  let signOut: Followers['signOut'];
  let holders = 0;
  let unwatch: (() => void) | undefined;
  /**
   * The page sleeps, or is waking up and has not heard the event for that yet: other code of the page may run
   * before.
   */
  let asleep: 'left' | 'frozen' | undefined;

  /**
   * Compares the record with what this page believes, before anything of this page's user is used or shown.
   * - With a reason, or after it slept, the page may have missed something. Then a record that is gone counts
   *   as a sign-out: many apps clear storage when a user signs out.
   * - If a refresh finds the record gone while the page is awake, storage may have been cleared for any
   *   reason. The server is asked who is signed in, and that is all. A response that finds it gone may be
   *   about the time before, so it counts for nothing, and the server is asked again.
   */
  const compare = (why?: ComparisonReason) => {
    const difference = tracker.compare(why !== undefined || asleep !== undefined);
    if (difference === undefined) return;
    const { signedOut } = difference;
    const isGone = difference.isGone && (why !== 'refresh' || asleep !== undefined);
    const restored = why === 'restored' || asleep === 'left';
    dispatch({ type: 'shared-session-changed', signedOut, isGone, restored });
    if (signedOut && !page.isPrerendering()) signOut.watch();
  };

  const open = async () => {
    compare('woken');
    const found = tracker.read();
    if (tracker.current() === undefined) tracker.moveTo(found);
    const cameByRedirect = page.isArrival();
    // A user who has signed in on the way here need not wait, and is not signed out by a request that names
    // no session.
    if (signOut.isPending() && !cameByRedirect) await patiently(signOut.finish());
    else if (signOut.isPending() && signOut.isNamed()) void signOut.finish();
    const signedOut = !cameByRedirect && signOut.isPending();
    if (unwatch === undefined) return;
    const isRecorded = found?.expiresAt !== undefined;
    const user = isRecorded ? { salt: found.sessionKey, hash: found.user, sid: found.sid } : undefined;
    dispatch({
      type: 'started',
      isRecorded,
      earlier: { cameByRedirect, user },
      signedOut,
      visible: page.isVisible(),
      inForeignFrame: page.isForeignFrame(),
    });
  };

  /** To be called before a call is answered: the app's code may run before the page event that wakes this client. */
  const wake = () => {
    if (asleep !== undefined || unwatch === undefined) compare('woken');
  };

  const hear = (event: PageEvent, key?: string) => {
    switch (event) {
      case 'activated':
        return void open();
      case 'left':
        asleep = 'left';
        return otherTabs.rest();
      case 'frozen':
        // A page that was left may be frozen as well, and resumed before it is restored.
        asleep ??= 'frozen';
        return;
      case 'hidden':
        return dispatch({ type: 'visibility', visible: false });
      case 'stored':
        // Apps store things all the time, and reading the record takes two reads of storage.
        if (key === undefined || tracker.areAt(key)) compare();
        return;
    }
    // Before the comparison, which may have to ask other tabs. No message is delivered until this code is done.
    otherTabs.join();
    compare(event === 'restored' ? event : undefined);
    if (event === 'restored' || (event === 'resumed' && asleep === 'frozen')) asleep = undefined;
    if (event === 'visible') dispatch({ type: 'visibility', visible: true });
    else dispatch({ type: event });
    // A prerendered page does nothing until the user sees it.
    if (!page.isPrerendering() && signOut.isPending()) signOut.wake();
  };

  const start = (): (() => void) => {
    holders++;
    if (unwatch === undefined && page.address() !== undefined) {
      unwatch = page.watch(hear);
      otherTabs.join();
      if (!page.isPrerendering()) void open();
    }
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      holders--;
      void Promise.resolve().then(() => {
        if (holders > 0 || unwatch === undefined) return;
        unwatch();
        unwatch = undefined;
        otherTabs.leave();
        signOut.rest();
        dispatch({ type: 'stopped' });
      });
    };
  };
  return {
    /** Says what follows the life of the page. To be called once, before the first start. */
    connect: (followers: Followers): void => {
      ({ otherTabs, signOut } = followers);
    },
    start,
    wake,
    compare,
    isStarted: () => holders > 0,
  };
}

import type { Attempt } from '../auth-server/refresh.ts';
import { readTokenResponse } from '../auth-server/token-response.ts';
import { readTokenSet } from '../auth-server/token-set.ts';
import type { Platform } from '../platform/platform.ts';
import { withTimeout } from '../platform/with-timeout.ts';
import { isRefreshDue } from '../session/schedule.ts';
import type { TokenSet } from '../session/state.ts';
import { elapsedMs, expiryOf, isUsable, remainingMs } from '../session/time.ts';
import { createLeftAlone } from '../tabs/left-alone.ts';
import { createLock, type Turn } from '../tabs/lock.ts';
import type { Offer } from '../tabs/messages.ts';
import { createRequestQueue, type Enqueue } from '../tabs/request-queue.ts';
import type { SessionTracker } from '../tabs/session-tracker.ts';
import type { LostToken, SharedSession } from '../tabs/shared-session.ts';
import type { StoredValue } from '../tabs/stored-value.ts';
import { createTokenChannel } from '../tabs/token-channel.ts';
import type { SessionStore } from './session-store.ts';
import type { Settings } from './settings.ts';

export interface TabsParts<Claims> {
  readonly platform: Platform;
  readonly settings: Settings<Claims>;
  readonly tracker: SessionTracker;
  readonly leftAlone: StoredValue<LostToken>;
  /** Undefined where nothing is shared. */
  readonly sessionName: (() => string) | undefined;
  readonly store: SessionStore<Claims>;
  /** Compares the record with what this page believes; where there is news, there must be a record. */
  readonly compare: (why?: 'news') => void;
}

/** How long an exchange waits for another one of this page. */
const turnWaitMs = 3000;

/** What the pages of one session do together: one exchange at a time, and one token for all. */
export const createTabs = <Claims>(parts: TabsParts<Claims>) => {
  const { platform, settings, tracker, store } = parts;
  const { clock } = platform;
  const { policy, tabs } = settings;
  const name = () => `silent-refresh:${parts.sessionName?.()}`;
  const queue = createRequestQueue(clock, policy.presumedLostMs);
  const withLock = createLock(tabs === 'off' ? undefined : platform.locks, clock, name, (exchange) =>
    withTimeout(clock, exchange, policy.presumedLostMs),
  );
  /** Ends the waiting of this page's refresh for its turn. */
  let hurry = new AbortController();
  /** Ends the turn of the one that is under way. */
  let endTurn = () => {};
  let isFaultReported = false;

  /** The record's token, where it is alive, and lives longer than this page's. */
  const newerToken = (): SharedSession | undefined => {
    const { token } = store.state();
    const found = tracker.read();
    const ownEndsAt = Math.max(clock.now().wallAt, token === undefined ? 0 : expiryOf(token));
    return (found?.expiresAt ?? 0) > ownEndsAt ? found : undefined;
  };

  const offer = (): Offer | undefined => {
    const { session, token, user } = store.state();
    const epoch = tracker.current();
    if (session.status !== 'authenticated' || token === undefined || user === undefined || epoch === undefined)
      return undefined;
    if (!isUsable(token, clock.now(), 0, policy)) return undefined;
    const { value, lifetimeMs, seq, obtainedAt } = token;
    return {
      epoch,
      obtainedAt: obtainedAt.wallAt,
      response: {
        ...user.members,
        access_token: value,
        // Of this token, and not of one before, whose members may be kept.
        expires_in: lifetimeMs && lifetimeMs / 1000,
        sid: user.sid,
        seq,
      },
    };
  };

  /** Reads an offer as the token response that it is; nothing in it is believed that its own server would not be believed. */
  const tokenSetFrom = ({ obtainedAt, response }: Offer): TokenSet<Claims> | undefined => {
    const now = clock.now();
    const ageMs = now.wallAt - obtainedAt;
    try {
      readTokenResponse(response);
    } catch {
      // Any script of the origin can say anything.
      return undefined;
    }
    try {
      const asked = { wallAt: obtainedAt, monotonicAt: now.monotonicAt - ageMs };
      const tokenSet = readTokenSet<Claims>(response, asked, undefined, { ...settings, readTokens: undefined });
      return ageMs < 0 || remainingMs(tokenSet, now) <= 0 ? undefined : tokenSet;
    } catch (error) {
      // Without this word, nobody would learn why every tab refreshes for itself.
      if (!isFaultReported) platform.report(error);
      isFaultReported = true;
      return undefined;
    }
  };

  /** Says whether that is all this page wants. */
  const adopt = (given: Offer): boolean => {
    const found = tracker.read();
    const tokenSet = tokenSetFrom(given);
    if (found?.epoch !== given.epoch || tokenSet === undefined) return false;
    const isNewEpoch = tracker.current() !== found.epoch;
    tracker.adopt(found);
    // As with a sign-in here: who has waited too long is not let go by it.
    if (isNewEpoch) store.dispatch({ type: 'tick' });
    store.dispatch({ type: 'received-from-tab', isNewEpoch, tokenSet, jitter: platform.random() });
    const isEnough = !isRefreshDue(store.state(), clock.now(), policy);
    if (isEnough) hurry.abort();
    return isEnough;
  };

  const tokenChannel = createTokenChannel({
    clock,
    join: (end, listener) => (tabs === 'off' ? undefined : platform.joinChannel(name() + end, listener)),
    audience: settings.audience,
    shares: tabs === 'share',
    offer,
    missingUntil: () => {
      const { expiresAt = 0, handedTo } = newerToken() ?? {};
      return handedTo === settings.audience ? expiresAt : 0;
    },
    adopt,
    changed: () => parts.compare('news'),
  });

  /** Waits for nobody, and lets the others wait: its answer may set the cookie. */
  const atOnce = <T>(exchange: (turn: Turn) => Promise<T>): Promise<T> => {
    const running = queue(() => exchange('at-once'), 0);
    void withLock(() => withTimeout(clock, running, turnWaitMs), settings.lockWaitMs);
    return running;
  };

  const inTurn = <T>(exchange: (turn: Turn) => Promise<T>, waitMs: number, signal?: AbortSignal): Promise<T> =>
    waitMs === 0
      ? atOnce(exchange)
      : queue(() => withLock(exchange, Math.min(settings.lockWaitMs, waitMs), signal), waitMs);

  const leftAlone = createLeftAlone(parts.leftAlone);

  /** Where other tabs have recorded another token, they have it, or have lost it themselves. */
  const sayWhetherAlone = (): void => {
    const { token } = store.state();
    const found = tracker.read();
    if (token === undefined || found === undefined || !tokenChannel.isAlone()) return;
    if (found.epoch === tracker.current() && found.expiresAt === expiryOf(token)) leftAlone.write(found);
  };

  return {
    otherTabs: {
      join: (): void => {
        leftAlone.takeBack();
        tokenChannel.join();
      },
      rest: (): void => {
        sayWhetherAlone();
        tokenChannel.rest();
      },
      leave: tokenChannel.leave,
    },
    /** Writes down what this page has come to know, and lets the others know. */
    record: (epoch: 'same' | 'new', isSignedIn: boolean): void => {
      const { token, user } = store.state();
      const handedTo = tokenChannel.shares() ? settings.audience : undefined;
      // By then others may well have refreshed themselves.
      const isLate = token !== undefined && elapsedMs(token.obtainedAt, clock.now()) > turnWaitMs;
      tracker.keep(epoch, isSignedIn ? { expiresAt: token && expiryOf(token), user, handedTo } : {}, isLate);
      tokenChannel.tell(epoch === 'new');
    },
    /** For sign-in and sign-out. At 0 ms it does not wait for anybody. */
    enqueue: ((exchange, waitMs) => inTurn(exchange, waitMs)) satisfies Enqueue,
    /** For a refresh: ends its waiting when another page's token makes it needless, and its turn once it is presumed lost. */
    enqueueRefresh: async <T>(exchange: (turn: Turn) => Promise<T>): Promise<T> => {
      hurry = new AbortController();
      const lost = new Promise<void>((resolve) => {
        endTurn = resolve;
      });
      let running: Promise<T> | undefined;
      await inTurn(
        (turn) => {
          running = exchange(turn);
          return Promise.race([running, lost]);
        },
        turnWaitMs,
        hurry.signal,
      );
      return running as unknown as Promise<T>;
    },
    /** The refresh under way is presumed lost: it keeps its turn, or waits for it, no longer. */
    giveWay: (): void => {
      hurry.abort();
      endTurn();
    },
    isDemanded: ({ epoch, exchange }: Attempt): boolean => {
      parts.compare();
      const state = store.state();
      return state.epoch === epoch && state.exchanges === exchange && isRefreshDue(state, clock.now(), policy);
    },
    /** Whether another page may have a newer token, and of this one's user. */
    mayBeInOtherTab: (): boolean => {
      const found = newerToken();
      return !store.state().cameByRedirect && found !== undefined && !leftAlone.isTrueOf(found);
    },
    /** A page that knows somebody listens for a moment before it asks: the news may come with the token. */
    askOtherTabs: (): Promise<void> => tokenChannel.ask(store.state().session.status === 'loading' ? 0 : newsMs),
  };
};

/** How long the token that goes with a change in the record may take to come. */
const newsMs = 10;

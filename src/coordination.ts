import type { Platform } from './platform/platform.ts';
import type { Id } from './refresh/exchange.ts';
import { grantOf } from './refresh/grant.ts';
import { waitFor } from './refresh/patience.ts';
import { readTokenResponse } from './refresh/token-response.ts';
import { createTurns, type TakeTurn } from './refresh/turns.ts';
import { elapsedMs, expiryOf, isUsable, remainingMs } from './session/expiry.ts';
import { isExchangeDue } from './session/plan.ts';
import type { Grant } from './session/state.ts';
import type { Settings } from './settings.ts';
import type { Store } from './store.ts';
import type { Epochs } from './tabs/epochs.ts';
import { createLock, type Turn } from './tabs/lock.ts';
import type { Offer } from './tabs/messages.ts';
import type { Epoch } from './tabs/record.ts';
import { createSiblings } from './tabs/siblings.ts';

export interface CoordinationParts<Claims> {
  readonly platform: Platform;
  readonly settings: Settings<Claims>;
  readonly epochs: Epochs;
  /** Undefined where nothing is shared. */
  readonly sessionName: (() => string) | undefined;
  readonly store: Store<Claims>;
  /** Compares the record with what this page believes; where there is news, there must be a record. */
  readonly compare: (why?: 'news') => void;
}

/** How long an exchange waits for another one of this page. */
const turnWaitMs = 3000;

/** What the pages of one session do together: one exchange at a time, and one token for all. */
export const createCoordination = <Claims>(parts: CoordinationParts<Claims>) => {
  const { platform, settings, epochs, store } = parts;
  const { clock } = platform;
  const { policy, tabs } = settings;
  const name = () => `silent-refresh:${parts.sessionName?.()}`;
  const turns = createTurns(clock, policy.presumedLostMs);
  const withLock = createLock(tabs === 'off' ? undefined : platform.locks, clock, name, (exchange) =>
    waitFor(clock, exchange, policy.presumedLostMs),
  );
  /** Ends the waiting of this page's refresh for its turn. */
  let hurry = new AbortController();
  /** Ends the turn of the one that is under way. */
  let endTurn = () => {};
  let isFaultReported = false;

  /** The record's token, where it is alive, and lives longer than this page's. */
  const newerToken = (): Epoch | undefined => {
    const { token } = store.state();
    const found = epochs.read();
    const ownEndsAt = Math.max(clock.now().wallAt, token === undefined ? 0 : expiryOf(token));
    return (found?.expiresAt ?? 0) > ownEndsAt ? found : undefined;
  };

  const offer = (): Offer | undefined => {
    const { session, token, user } = store.state();
    const epoch = epochs.current();
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
  const grantFrom = ({ obtainedAt, response }: Offer): Grant<Claims> | undefined => {
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
      const grant = grantOf<Claims>(response, asked, undefined, { ...settings, readTokens: undefined });
      return ageMs < 0 || remainingMs(grant, now) <= 0 ? undefined : grant;
    } catch (error) {
      // Without this word, nobody would learn why every tab refreshes for itself.
      if (!isFaultReported) platform.report(error);
      isFaultReported = true;
      return undefined;
    }
  };

  /** Says whether that is all this page wants. */
  const adopt = (given: Offer): boolean => {
    const found = epochs.read();
    const grant = grantFrom(given);
    if (found?.epoch !== given.epoch || grant === undefined) return false;
    const isNewEpoch = epochs.current() !== found.epoch;
    epochs.adopt(found);
    // As with a sign-in here: who has waited too long is not let go by it.
    if (isNewEpoch) store.dispatch({ type: 'woken' });
    store.dispatch({ type: 'adopted', isNewEpoch, grant, jitter: platform.random() });
    const isEnough = !isExchangeDue(store.state(), clock.now(), policy);
    if (isEnough) hurry.abort();
    return isEnough;
  };

  const siblings = createSiblings({
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
    const running = turns(() => exchange('at-once'), 0);
    void withLock(() => waitFor(clock, running, turnWaitMs), settings.lockWaitMs);
    return running;
  };

  const inTurn = <T>(exchange: (turn: Turn) => Promise<T>, waitMs: number, signal?: AbortSignal): Promise<T> =>
    waitMs === 0
      ? atOnce(exchange)
      : turns(() => withLock(exchange, Math.min(settings.lockWaitMs, waitMs), signal), waitMs);

  return {
    siblings,
    /** Writes down what this page has come to know, and lets the others know. */
    record: (epoch: 'same' | 'new', isSignedIn: boolean): void => {
      const { token, user } = store.state();
      const handedTo = siblings.shares() ? settings.audience : undefined;
      // By then others may well have refreshed themselves.
      const isLate = token !== undefined && elapsedMs(token.obtainedAt, clock.now()) > turnWaitMs;
      epochs.keep(epoch, isSignedIn ? { expiresAt: token && expiryOf(token), user, handedTo } : {}, isLate);
      siblings.tell(epoch === 'new');
    },
    /** For sign-in and sign-out. At 0 ms it does not wait for anybody. */
    takeTurn: ((exchange, waitMs) => inTurn(exchange, waitMs)) satisfies TakeTurn,
    /** For a refresh: ends its waiting when another page's token makes it needless, and its turn once it is presumed lost. */
    takeRefreshTurn: async <T>(exchange: (turn: Turn) => Promise<T>): Promise<T> => {
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
    isWanted: ({ epoch, exchange }: Id): boolean => {
      parts.compare();
      const state = store.state();
      return state.epoch === epoch && state.exchanges === exchange && isExchangeDue(state, clock.now(), policy);
    },
    /** Whether another page may have a newer token, and of this one's user. */
    mayBeElsewhere: (): boolean => !store.state().arrived && newerToken() !== undefined,
    /** A page that knows somebody listens for a moment before it asks: the news may come with the token. */
    askSiblings: (): Promise<void> => siblings.ask(store.state().session.status === 'loading' ? 0 : newsMs),
  };
};

/** How long the token that goes with a change in the record may take to come. */
const newsMs = 10;

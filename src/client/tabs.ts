import type { Platform } from '../platform/platform.ts';
import { mayBeAnybody } from '../session/earlier-page.ts';
import { isRefreshDue } from '../session/schedule.ts';
import { judgeTicket, type RefreshTicket } from '../session/ticket.ts';
import { elapsedMs, expiryOf } from '../session/time.ts';
import { createAuthRequestSlots, SLOT_WAIT_MS } from '../tabs/auth-request-slots.ts';
import type { Offer } from '../tabs/messages.ts';
import { createLeftAlone } from '../tabs/record/left-alone.ts';
import type { SessionTracker } from '../tabs/record/session-tracker.ts';
import type { LostToken, SharedSession } from '../tabs/record/shared-session.ts';
import type { StoredValue } from '../tabs/record/stored-value.ts';
import { createTokenChannel } from '../tabs/token-channel.ts';
import type { SessionStore } from './session-store.ts';
import type { Settings } from './settings.ts';
import { createOfferReader, offerOf } from './shared-token.ts';

export interface TabsParts<Claims> {
  readonly platform: Platform;
  readonly settings: Settings<Claims>;
  readonly tracker: SessionTracker;
  readonly leftAlone: StoredValue<LostToken>;
  /** Undefined if nothing is shared. */
  readonly sessionName: (() => string) | undefined;
  readonly store: SessionStore<Claims>;
  /** Compares the record with what this page believes. With a reason, there must be a record. */
  readonly compare: (why?: 'news' | 'refresh') => void;
}

/** What the tabs of a session do together: they send one auth request at a time, and share one token. */
export function createTabs<Claims>(parts: TabsParts<Claims>) {
  const { platform, settings, tracker, store } = parts;
  const { clock } = platform;
  const { policy, tabs, audience, lockWaitMs } = settings;
  const name = () => `silent-refresh:${parts.sessionName?.()}`;
  const { presumedLostMs } = policy;
  const locks = tabs === 'off' ? undefined : platform.locks;
  const slots = createAuthRequestSlots({ clock, locks, name, lockWaitMs, presumedLostMs });
  const leftAlone = createLeftAlone(parts.leftAlone);
  const readOffer = createOfferReader(platform, settings);

  /** The record's token, if it is alive and lives longer than this page's. */
  const newerToken = (): SharedSession | undefined => {
    const { token } = store.state();
    const found = tracker.read();
    const ownExpiresAt = Math.max(clock.now().wallAt, token === undefined ? 0 : expiryOf(token));
    return (found?.expiresAt ?? 0) > ownExpiresAt ? found : undefined;
  };

  /** Takes another tab's token. Returns whether this page needs no other one now. */
  const accept = (offer: Offer): boolean => {
    const found = tracker.read();
    const tokenSet = readOffer(offer);
    if (found?.sessionKey !== offer.sessionKey || tokenSet === undefined) return false;
    const isNewSession = tracker.current() !== found.sessionKey;
    tracker.moveTo(found);
    // As after a sign-in in this page: a call that has waited too long by now fails, and does not use this token.
    if (isNewSession) store.dispatch({ type: 'tick' });
    store.dispatch({ type: 'received-from-tab', isNewSession, tokenSet, jitter: platform.random() });
    const isEnough = !isRefreshDue(store.state(), clock.now(), policy);
    if (isEnough) slots.endWait();
    return isEnough;
  };

  const tokenChannel = createTokenChannel({
    clock,
    join: (suffix, listener) => (tabs === 'off' ? undefined : platform.joinChannel(name() + suffix, listener)),
    audience,
    shares: tabs === 'share',
    offer: () => offerOf(store.state(), tracker.current(), platform, settings),
    missingUntil: () => {
      const { expiresAt = 0, handedTo } = newerToken() ?? {};
      return handedTo === audience ? expiresAt : 0;
    },
    accept,
    changed: () => parts.compare('news'),
  });

  /** If the record has another token than this page, another tab has recorded it. */
  const sayIfAlone = (): void => {
    const { token } = store.state();
    const found = tracker.read();
    if (token === undefined || found === undefined || !tokenChannel.isAlone()) return;
    const { sessionKey } = found;
    const expiresAt = expiryOf(token);
    if (sessionKey === tracker.current() && found.expiresAt === expiresAt) leftAlone.write({ sessionKey, expiresAt });
  };

  return {
    otherTabs: {
      join: (): void => {
        leftAlone.takeBack();
        tokenChannel.join();
      },
      rest: (): void => {
        sayIfAlone();
        tokenChannel.rest();
      },
      leave: tokenChannel.leave,
    },
    /** Records what this page has learned, and tells the other tabs. */
    record: (session: 'same' | 'new', isSignedIn: boolean): void => {
      const { token, user } = store.state();
      const handedTo = tokenChannel.shares() ? audience : undefined;
      // By then other tabs may well have refreshed themselves.
      const isLate = token !== undefined && elapsedMs(token.obtainedAt, clock.now()) > SLOT_WAIT_MS;
      tracker.keep(session, isSignedIn ? { expiresAt: token && expiryOf(token), user, handedTo } : {}, isLate);
      tokenChannel.tell(session === 'new');
    },
    enqueue: slots.enqueue,
    enqueueRefresh: slots.enqueueRefresh,
    /** The refresh under way is presumed lost: the others wait for it no longer. */
    giveWay: slots.endSlot,
    isDemanded: (ticket: RefreshTicket): boolean => {
      parts.compare('refresh');
      const state = store.state();
      // A client that was stopped meanwhile asks only for calls that still wait.
      if (!state.page.isStarted && !state.isTokenDemanded) return false;
      return judgeTicket(state, ticket) === 'current' && isRefreshDue(state, clock.now(), policy);
    },
    /** Whether another tab may have a newer token for this page's user. */
    mayBeInOtherTab: (): boolean => {
      const found = newerToken();
      return !mayBeAnybody(store.state()) && found !== undefined && !leftAlone.isTrueOf(found);
    },
    /** A page that shows a user listens for a moment before it asks, as the token may come along with the news. */
    askOtherTabs: (isOnItsWay?: () => boolean): Promise<void> =>
      tokenChannel.ask(store.state().session.status === 'loading' ? 0 : NEWS_MS, isOnItsWay),
  };
}

/** How long the token that goes with a change in the record may take to come. */
const NEWS_MS = 10;

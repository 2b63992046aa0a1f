import type { Clock, TabChannel } from '../platform/platform.ts';
import { type Message, type Offer, parseMessage } from './messages.ts';

/** How long to wait for another tab that may have a token. */
const ANSWER_WITHIN_MS = 50;

/** How long to wait for a token that must be on its way: on a busy machine a message takes its time. */
const ON_ITS_WAY_WITHIN_MS = 500;

export interface TokenChannelParts {
  readonly clock: Clock;
  /** Joins a channel of the session, named by its suffix. */
  join(suffix: '' | ':tokens', listener: (message: unknown) => void): TabChannel | undefined;
  /** Tokens pass only between tabs of one audience. */
  readonly audience: string;
  /** Whether tokens pass at all. */
  readonly shares: boolean;
  /** This page's token, if it has one to give. */
  offer(): Offer | undefined;
  /**
   * If the record says that a token was given to tabs like this one, and it lives longer than this page's
   * own: when it expires, in epoch ms. Otherwise 0.
   */
  missingUntil(): number;
  /** Takes another tab's token if it is any good. Returns whether this page needs no other one now. */
  accept(offer: Offer): boolean;
  /** Somebody has signed in or out. */
  changed(): void;
}

/**
 * The channels to the other tabs of the session, while this page's client is started. There are two, because
 * a message evicts a page from the back/forward cache if it listens there: a cached page listens only for
 * sign-ins and sign-outs (news), and not for tokens.
 */
export interface TokenChannel {
  join(): void;
  leave(): void;
  /** Listens for news alone, until `join` is called again. */
  rest(): void;
  /**
   * Listens for a token for `listenMs`, then asks for one. Resolves when a token has come, or when it is time
   * to go on without. `isOnItsWay`: whether another tab seems to have one that it has not given yet.
   */
  ask(listenMs: number, isOnItsWay?: () => boolean): Promise<void>;
  /** Whether this page gives its tokens to other tabs. */
  shares(): boolean;
  /** Whether tokens pass, and this page has heard of no other tab on the channel for them since it was loaded. */
  isAlone(): boolean;
  /** Gives this page's token to the other tabs, and tells them if somebody has signed in or out (`isNews`). */
  tell(isNews: boolean): void;
}

export function createTokenChannel(parts: TokenChannelParts): TokenChannel {
  const { clock, audience } = parts;
  let news: TabChannel | undefined;
  let tokens: TabChannel | undefined;
  /** `missingUntil` when this page began to listen. The tab that had that token may have been gone by then. */
  let missedUntil = 0;
  const asking = new Set<() => void>();
  /** Another tab has said something about tokens. */
  let hasCompany = false;
  /** This page has said something about tokens, so that the others know of it. */
  let isKnown = false;

  const post = (channel: TabChannel | undefined, message: Message) => {
    try {
      channel?.post(message);
    } catch {
      // A token response that the app passed in may have members that cannot be cloned.
    }
  };

  const say = (message: Extract<Message, { audience: string }>) => {
    if (tokens !== undefined) isKnown = true;
    post(tokens, message);
  };

  const giveToken = () => {
    const offer = parts.offer();
    if (offer !== undefined) say({ v: 1, type: 'token', audience, ...offer });
  };

  const onNews = (data: unknown) => {
    if (parseMessage(data)?.type === 'changed') parts.changed();
  };

  const onTokenMessage = (data: unknown) => {
    const message = parseMessage(data);
    if (message === undefined || message.type === 'changed' || message.audience !== audience) return;
    // Every tab answers at once. A random delay, to save the others the answer, would take a second: timers
    // of hidden tabs fire that rarely.
    hasCompany = true;
    if (message.type === 'ask') giveToken();
    if (message.type !== 'token') return;
    if (parts.accept(message)) for (const resolve of asking) resolve();
    // The tab that gave the token must know that it is not alone.
    if (!isKnown) say({ v: 1, type: 'here', audience });
  };

  const rest = () => {
    tokens?.close();
    tokens = undefined;
  };

  return {
    join: () => {
      news ??= parts.join('', onNews);
      if (!parts.shares || tokens !== undefined) return;
      tokens = parts.join(':tokens', onTokenMessage);
      missedUntil = parts.missingUntil();
    },
    shares: () => tokens !== undefined,
    isAlone: () => tokens !== undefined && !hasCompany,
    rest,
    leave: () => {
      rest();
      news?.close();
      news = undefined;
    },
    ask: (listenMs, isOnItsWay) => {
      if (tokens === undefined) return Promise.resolve();
      const askedAt = clock.now().monotonicAt;
      return new Promise((resolve) => {
        const question = () => say({ v: 1, type: 'ask', audience });
        let cancelQuestion = () => {};
        const over = () => {
          cancelQuestion();
          cancelWait();
          asking.delete(over);
          resolve();
        };
        const wait = (isFirst: boolean) =>
          clock.setTimer(() => {
            const waitedMs = clock.now().monotonicAt - askedAt;
            // If the timer is late, the machine is busy, and the answer may be as late.
            const mayCome =
              parts.missingUntil() > missedUntil || isOnItsWay?.() || (isFirst && waitedMs > 1.5 * ANSWER_WITHIN_MS);
            if (mayCome && waitedMs < ON_ITS_WAY_WITHIN_MS) cancelWait = wait(false);
            else over();
          }, ANSWER_WITHIN_MS);
        let cancelWait = wait(true);
        asking.add(over);
        if (listenMs === 0) question();
        else cancelQuestion = clock.setTimer(question, listenMs);
      });
    },
    tell: (isNews) => {
      // The token first: a tab that has it already need not look for one when the news comes.
      giveToken();
      if (isNews) post(news, { v: 1, type: 'changed' });
    },
  };
}

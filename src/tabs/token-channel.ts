import type { Clock, TabChannel } from '../platform/platform.ts';
import { type Message, type Offer, parseMessage } from './messages.ts';

/** How long a sibling is waited for that may have a token. */
const answerWithinMs = 50;

/** How long a token is waited for that must be on its way: on a busy machine a message takes its time. */
const onItsWayWithinMs = 500;

export interface TokenChannelParts {
  readonly clock: Clock;
  /** Joins a channel of the session, by the end of its name. */
  join(end: '' | ':tokens', listener: (message: unknown) => void): TabChannel | undefined;
  /** Tokens pass only between pages of one audience. */
  readonly audience: string;
  /** Whether tokens pass at all. */
  readonly shares: boolean;
  /** What this page has to offer. */
  offer(): Offer | undefined;
  /** When the token ends that the record says was handed over last, where it outlives this page's own. */
  missingUntil(): number;
  /** Takes a sibling's token, if it is any good; says whether that is all this page wants. */
  adopt(offer: Offer): boolean;
  /** Somebody has signed in or out. */
  changed(): void;
}

/**
 * The other pages of the session, while this one is started. A message costs a page its place in the back/forward cache
 * where it listens there, so each listens to news alone there: what is said of tokens has a channel of its own.
 */
export interface TokenChannel {
  join(): void;
  leave(): void;
  /** Hears of news alone, until it joins again. */
  rest(): void;
  /** Asks for a token, after listening for `listenMs`; resolves when one has come, or when it is time to do without. */
  ask(listenMs: number): Promise<void>;
  /** Whether pages like this one are handed this page's tokens. */
  shares(): boolean;
  /** Whether tokens pass, and this page has heard of no other tab on the channel for them since it was loaded. */
  isAlone(): boolean;
  /** Hands this page's token over, and tells of the news, where it is any. */
  tell(isNews: boolean): void;
}

export const createTokenChannel = (parts: TokenChannelParts): TokenChannel => {
  const { clock, audience } = parts;
  let news: TabChannel | undefined;
  let tokens: TabChannel | undefined;
  /** The token that was missing when this page began to listen: whoever had it may have been gone by then. */
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
      // Members of a token response that was given by hand may not be cloneable.
    }
  };

  const say = (message: Extract<Message, { audience: string }>) => {
    if (tokens !== undefined) isKnown = true;
    post(tokens, message);
  };

  const handOver = () => {
    const offer = parts.offer();
    if (offer !== undefined) say({ v: 1, type: 'token', audience, ...offer });
  };

  const hearNews = (data: unknown) => {
    if (parseMessage(data)?.type === 'changed') parts.changed();
  };

  const hearOfTokens = (data: unknown) => {
    const message = parseMessage(data);
    if (message === undefined || message.type === 'changed' || message.audience !== audience) return;
    // At once, and with no timer to spare the others theirs: most siblings are hidden, and their timers come once a second.
    hasCompany = true;
    if (message.type === 'ask') handOver();
    if (message.type !== 'token') return;
    if (parts.adopt(message)) for (const resolve of asking) resolve();
    // Otherwise a tab that was given its token without asking would be unknown to the one that gave it.
    if (!isKnown) say({ v: 1, type: 'here', audience });
  };

  const rest = () => {
    tokens?.close();
    tokens = undefined;
  };

  return {
    join: () => {
      news ??= parts.join('', hearNews);
      if (!parts.shares || tokens !== undefined) return;
      tokens = parts.join(':tokens', hearOfTokens);
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
    ask: (listenMs) => {
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
            // A timer that comes late says that the machine is busy, and the answer may be as late.
            const mayCome = parts.missingUntil() > missedUntil || (isFirst && waitedMs > 1.5 * answerWithinMs);
            if (mayCome && waitedMs < onItsWayWithinMs) cancelWait = wait(false);
            else over();
          }, answerWithinMs);
        let cancelWait = wait(true);
        asking.add(over);
        if (listenMs === 0) question();
        else cancelQuestion = clock.setTimer(question, listenMs);
      });
    },
    tell: (isNews) => {
      // The token first: whoever hears of it first has nothing to look up when the news comes.
      handOver();
      if (isNews) post(news, { v: 1, type: 'changed' });
    },
  };
};

import type { Channel, Clock } from '../platform/platform.ts';
import { type Message, type Offer, parseMessage } from './messages.ts';

/** How long a sibling is waited for that may have a token. */
const answerWithinMs = 50;

/** Siblings answer spread over this time, so that one answer spares the others theirs. */
const spreadMs = 10;

export interface SiblingsParts {
  readonly clock: Clock;
  random(): number;
  join(listener: (message: unknown) => void): Channel | undefined;
  /** Tokens pass only between pages of one audience. */
  readonly audience: string;
  /** Whether tokens pass at all. */
  readonly shares: boolean;
  /** What this page has to offer. */
  offer(): Offer | undefined;
  /** Takes a sibling's token, if it is any good. */
  adopt(offer: Offer): void;
  /** Somebody has signed in or out. */
  changed(): void;
}

/** The other pages of the session, while this one is started. Every message may cost a sibling its place in the back/forward cache. */
export interface Siblings {
  join(): void;
  leave(): void;
  /** Asks for a token, after listening for `listenMs`; resolves when one has come, or when it is time to do without. */
  ask(listenMs: number): Promise<void>;
  /** Hands this page's token over, or at least the news. */
  tell(isNews: boolean): void;
}

export const createSiblings = (parts: SiblingsParts): Siblings => {
  const { clock, audience } = parts;
  let channel: Channel | undefined;
  let stopAnswer = () => {};
  const asking = new Set<() => void>();

  const post = (message: Message): boolean => {
    try {
      channel?.post(message);
      return true;
    } catch {
      // Members of a token response that was given by hand may not be cloneable.
      return false;
    }
  };

  const handOver = (): boolean => {
    const offer = parts.shares ? parts.offer() : undefined;
    return offer !== undefined && post({ v: 1, type: 'token', audience, ...offer });
  };

  const hear = (data: unknown) => {
    const message = parseMessage(data);
    if (message === undefined) return;
    if (message.type !== 'changed' && message.audience === audience && parts.shares) {
      stopAnswer();
      if (message.type === 'ask') stopAnswer = clock.setTimer(handOver, parts.random() * spreadMs);
      else {
        parts.adopt(message);
        for (const resolve of asking) resolve();
      }
    }
    if (message.type !== 'ask') parts.changed();
  };

  return {
    join: () => {
      channel ??= parts.join(hear);
    },
    leave: () => {
      stopAnswer();
      channel?.close();
      channel = undefined;
    },
    ask: (listenMs) => {
      if (channel === undefined || !parts.shares) return Promise.resolve();
      return new Promise((resolve) => {
        const question = () => void post({ v: 1, type: 'ask', audience });
        const cancelQuestion = listenMs === 0 ? question() : clock.setTimer(question, listenMs);
        const over = () => {
          cancelQuestion?.();
          cancelWait();
          asking.delete(over);
          resolve();
        };
        const cancelWait = clock.setTimer(over, answerWithinMs);
        asking.add(over);
      });
    },
    tell: (isNews) => {
      if (!handOver() && isNews) post({ v: 1, type: 'changed' });
    },
  };
};

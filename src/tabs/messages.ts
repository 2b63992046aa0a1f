/** A token and what goes with it, for the siblings of the page that has it. */
export interface Offer {
  /** The record's name for the epoch that it belongs to. */
  readonly epoch: string;
  /** Just before it was asked for, by the wall clock, which all pages share. */
  readonly obtainedAt: number;
  /** A token response (RFC 6749 §5.1). */
  readonly response: Readonly<Record<string, unknown>>;
}

/** What the pages of a session tell each other: of tokens on one channel, of changes on another. */
export type Message =
  /** Who has a token? */
  | { readonly v: 1; readonly type: 'ask'; readonly audience: string }
  /** This tab has been given a token, and the others may not know of it yet. */
  | { readonly v: 1; readonly type: 'here'; readonly audience: string }
  | ({ readonly v: 1; readonly type: 'token'; readonly audience: string } & Offer)
  /** The record has a new epoch: somebody has signed in or out. */
  | { readonly v: 1; readonly type: 'changed' };

/** Reads a message, and finds none in anything that is not one: whoever can run script here can say anything. */
export const parseMessage = (data: unknown): Message | undefined => {
  if (typeof data !== 'object' || data === null) return undefined;
  const { v, type, audience, epoch, obtainedAt, response } = { ...data } as Record<string, unknown>;
  if (v !== 1) return undefined;
  if (type === 'changed') return { v, type };
  if (typeof audience !== 'string') return undefined;
  if (type === 'ask' || type === 'here') return { v, type, audience };
  return type === 'token' &&
    typeof epoch === 'string' &&
    typeof obtainedAt === 'number' &&
    Number.isFinite(obtainedAt) &&
    typeof response === 'object' &&
    response !== null
    ? { v, type, audience, epoch, obtainedAt, response: { ...response } }
    : undefined;
};

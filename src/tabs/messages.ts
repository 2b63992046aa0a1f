/** A token and what goes with it, for other tabs. */
export interface Offer {
  /** The session that it belongs to, by its key in the record. */
  readonly sessionKey: string;
  /** Just before the token was requested, in epoch ms: tabs share the wall clock. */
  readonly obtainedAt: number;
  /** A token response (RFC 6749 §5.1). */
  readonly response: Readonly<Record<string, unknown>>;
}

/** What the tabs of a session tell each other. `changed` has a channel of its own. */
export type Message =
  /** Who has a token? */
  | { readonly v: 1; readonly type: 'ask'; readonly audience: string }
  /** This tab was given a token, and the others may not know that it exists. */
  | { readonly v: 1; readonly type: 'here'; readonly audience: string }
  | ({ readonly v: 1; readonly type: 'token'; readonly audience: string } & Offer)
  /** The record has another session: somebody has signed in or out. */
  | { readonly v: 1; readonly type: 'changed' };

/** Reads a message, or returns undefined. Any script of the origin can post anything, so nothing here is trusted. */
export function parseMessage(data: unknown): Message | undefined {
  // Whatever it is, its own members are copied, and a primitive has none of these.
  const { v, type, audience, sessionKey, obtainedAt, response } = { ...(data as Readonly<Record<string, unknown>>) };
  if (v !== 1) return undefined;
  if (type === 'changed') return { v, type };
  if (typeof audience !== 'string') return undefined;
  if (type === 'ask' || type === 'here') return { v, type, audience };
  return type === 'token' &&
    typeof sessionKey === 'string' &&
    isFiniteNumber(obtainedAt) &&
    typeof response === 'object' &&
    response !== null
    ? { v, type, audience, sessionKey, obtainedAt, response: { ...response } }
    : undefined;
}

function isFiniteNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

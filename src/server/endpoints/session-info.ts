import type { SessionData, SessionRecord } from '../rotation/session-record.ts';

/** A session as an app sees it, in a list of devices for example. All instants are epoch milliseconds. */
export interface SessionInfo {
  /** Names the session and opens nothing; also the `sid` of its access tokens. */
  readonly sid: string;
  /** Whose it is, as `userId` named them. */
  readonly userId: string;
  /** When the user signed in. */
  readonly createdAt: number;
  /** When its tokens were refreshed last. While it is in use, that is never longer ago than an access token's life. */
  readonly lastUsedAt: number;
  /** When it ends unless it is used before. */
  readonly expiresAt: number;
  /** Whether its cookie outlives the browser. */
  readonly remembered: boolean;
  /** What `sessionData` gave at sign-in. */
  readonly data: SessionData;
}

/** What an app may see of a session's record. */
export function infoOf(session: SessionRecord): SessionInfo {
  const { sid, userId, startedAt, rotatedAt, expiresAt, remembered, data } = session;
  return { sid, userId, createdAt: startedAt, lastUsedAt: rotatedAt, expiresAt, remembered, data };
}

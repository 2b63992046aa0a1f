import { type Identity, identityHash } from '../../session/identity.ts';
import type { SessionRecord, SharedSession } from './shared-session.ts';

/** What this page has to record of its session. */
interface Recordable extends Omit<SharedSession, 'sessionKey' | 'sid' | 'user'> {
  /** Who is signed in. */
  readonly user?: Identity | undefined;
}

/** How the session in the record differs from the one this page is in. */
interface Difference {
  /** Nobody is signed in there. */
  readonly signedOut: boolean;
  /** There is no record any more. */
  readonly isGone: boolean;
}

/** Which of the sessions in the record this page is in. */
export interface SessionTracker {
  /** The key of this page's session; undefined if the page has neither found a record nor made one. */
  current(): string | undefined;
  /** What the record says now. */
  read(): SharedSession | undefined;
  /** Whether storage keeps a part of the record under `key`. */
  areAt(key: string): boolean;
  /** Moves this page to the session of a record. */
  moveTo(found: SharedSession | undefined): void;
  /**
   * If the record is about another session, moves this page there and returns the difference. A record that
   * is gone is a difference only if it `mustExist`.
   */
  compare(mustExist: boolean): Difference | undefined;
  /**
   * Records this page's session: the same one goes on, or a new one begins. If what this page knows `isLate`,
   * for example after it has slept, it does not replace a token of the same session that lives longer.
   */
  keep(session: 'same' | 'new', values: Recordable, isLate?: boolean): void;
}

export function createSessionTracker(
  record: Pick<SessionRecord, 'session' | 'renewed' | 'signOut'>,
  newKey: () => string,
): SessionTracker {
  let current: string | undefined;
  /** This page has looked for a record. */
  let hasLooked = false;

  const read = () => {
    const found = record.session.read();
    const renewed = record.renewed.read();
    return found !== undefined && renewed?.sessionKey === found.sessionKey ? renewed : found;
  };

  return {
    current: () => current,
    read,
    // A sign-out is written first: by the time its event arrives, the session that it begins may be deleted again.
    areAt: (key) => [record.session, record.renewed, record.signOut].some((entry) => entry.isAt(key)),
    moveTo: (found) => {
      hasLooked = true;
      current = found?.sessionKey;
    },
    compare: (mustExist) => {
      const found = read();
      if (!hasLooked || found?.sessionKey === current || (found === undefined && !mustExist)) return undefined;
      current = found?.sessionKey;
      const isGone = found === undefined;
      return { signedOut: !isGone && found.expiresAt === undefined, isGone };
    },
    keep: (session, { user, expiresAt: ownExpiresAt, handedTo }, isLate = false) => {
      const isNew = session === 'new' || current === undefined;
      if (isNew) current = newKey();
      hasLooked = true;
      const { sessionKey: foundKey, expiresAt = 0 } = read() ?? {};
      if (isLate && foundKey === current && expiresAt > (ownExpiresAt ?? Number.POSITIVE_INFINITY)) return;
      const entry = isNew || record.session.read() === undefined ? record.session : record.renewed;
      const sessionKey = current as string;
      const hash = user && identityHash(user, sessionKey);
      entry.write({ sessionKey, expiresAt: ownExpiresAt, sid: user?.sid, user: hash, handedTo });
    },
  };
}

import { type Identity, identityHash } from '../session/identity.ts';
import type { SessionRecord, SharedSession } from './shared-session.ts';

/** What a page has to record of its session. */
export interface Recordable extends Omit<SharedSession, 'epoch' | 'sid' | 'user'> {
  /** Who is signed in. */
  readonly user?: Identity | undefined;
}

/** What the record says of another epoch than this page's. */
interface Difference {
  /** Nobody is signed in there. */
  readonly signedOut: boolean;
  /** There is no record any more. */
  readonly isGone: boolean;
}

/** The epoch that this page lives in, by the record's name for it. */
export interface SessionTracker {
  /** Undefined where this page has met no record, and made none. */
  current(): string | undefined;
  /** What the record shows. */
  read(): SharedSession | undefined;
  /** Whether what storage keeps under `key` is part of the record. */
  areAt(key: string): boolean;
  /** Goes on in the epoch of a record. */
  adopt(found: SharedSession | undefined): void;
  /**
   * Goes on in the epoch of the record, if it is another one, and says what it is like. That there is none any more is a
   * difference where it `mustExist`.
   */
  compare(mustExist: boolean): Difference | undefined;
  /**
   * Keeps the record true: this page's session goes on, or a new epoch begins. What comes late, as from a page that has slept,
   * is no news within an epoch where a token is recorded that lives longer.
   */
  keep(epoch: 'same' | 'new', session: Recordable, isLate?: boolean): void;
}

export const createSessionTracker = (
  record: Pick<SessionRecord, 'epoch' | 'renewed' | 'signOut'>,
  name: () => string,
): SessionTracker => {
  let current: string | undefined;
  /** This page has looked for a record. */
  let hasLooked = false;
  /** The record that this page has met is gone. */
  let isLost = false;

  const read = () => {
    const found = record.epoch.read();
    const renewed = record.renewed.read();
    return found !== undefined && renewed?.epoch === found.epoch ? renewed : found;
  };

  return {
    current: () => current,
    read,
    // A sign-out is written first: the epoch that it begins may be gone again by the time that its own event comes.
    areAt: (key) => [record.epoch, record.renewed, record.signOut].some((entry) => entry.isAt(key)),
    adopt: (found) => {
      hasLooked = true;
      current = found?.epoch;
    },
    compare: (mustExist) => {
      const found = read();
      if (!hasLooked || found?.epoch === current || (found === undefined && !mustExist)) return undefined;
      const knewOfNobody = current === undefined && !isLost;
      current = found?.epoch;
      isLost = found === undefined;
      const signedOut = found !== undefined && found.expiresAt === undefined;
      // To a page that knew of nobody, another one's finding nobody is no news.
      return knewOfNobody && signedOut ? undefined : { signedOut, isGone: isLost };
    },
    keep: (epoch, { user, expiresAt: endsAt, handedTo }, isLate = false) => {
      const isNew = epoch === 'new' || current === undefined;
      if (isNew) current = name();
      hasLooked = true;
      const { epoch: found, expiresAt = 0 } = read() ?? {};
      if (isLate && found === current && expiresAt > (endsAt ?? Number.POSITIVE_INFINITY)) return;
      const entry = isNew || record.epoch.read() === undefined ? record.epoch : record.renewed;
      const salt = current as string;
      entry.write({ epoch: salt, expiresAt: endsAt, sid: user?.sid, user: user && identityHash(user, salt), handedTo });
    },
  };
};

import type { KeyValueStore } from '../platform/platform.ts';
import type { PendingSignOut } from '../session/pending-sign-out.ts';
import { createStoredValue, type StoredValue } from './stored-value.ts';

/** A time in which one user is signed in, or nobody is. */
export interface SharedSession {
  /** A random name, compared for equality alone. */
  readonly epoch: string;
  /** Somebody is signed in, with an access token until then: epoch ms. */
  readonly expiresAt?: number | undefined;
  /** The server's name for the session, where it gives one. */
  readonly sid?: string | undefined;
  /** Tells the user from others (`identityHash`, salted with the name of the epoch), where the server says who it is. */
  readonly user?: string | undefined;
  /** The audience whose pages were handed the token, if any were. */
  readonly handedTo?: string | undefined;
}

/** The refresh that has been sent and not been answered. */
export interface PendingKey {
  readonly key: string;
  /** When a request with it was sent first. */
  readonly sentAt: number;
  /** Another page than the one that has drawn the key has used it, too. */
  readonly isShared?: true;
}

/** The access token that went with the only tab that had it. */
export interface LostToken {
  readonly sessionKey: string;
  readonly expiresAt: number;
}

/** What the pages of a session know together: an entry of its own for whatever changes by itself. */
export interface SessionRecord {
  /** Written when an epoch begins. */
  readonly epoch: StoredValue<SharedSession>;
  /** Written when a token is renewed in an epoch; says nothing of another one. */
  readonly renewed: StoredValue<SharedSession>;
  readonly exchange: StoredValue<PendingKey>;
  readonly signOut: StoredValue<PendingSignOut>;
  /** The token of a tab that was left when it was the only one. */
  readonly leftAlone: StoredValue<LostToken>;
}

/** `sessionName` undefined: what is written is known to this page alone. */
export const createRecord = (storage: KeyValueStore, sessionName: (() => string) | undefined): SessionRecord => {
  const kept = sessionName === undefined ? nothingKept : storage;
  const key = (suffix: string) => () => `silent-refresh:${sessionName?.()}${suffix}`;
  return {
    epoch: createStoredValue(kept, key(''), parseEpoch),
    renewed: createStoredValue(kept, key(':renewed'), parseEpoch),
    exchange: createStoredValue(kept, key(':exchange'), ({ key, sentAt, isShared }) =>
      typeof key === 'string' && /^[\w-]{1,128}$/.test(key) && typeof sentAt === 'number'
        ? { key, sentAt, ...(isShared === true && { isShared }) }
        : undefined,
    ),
    signOut: createStoredValue(kept, key(':sign-out'), parseSignOut),
    leftAlone: createStoredValue(kept, key(':left-alone'), ({ sessionKey, expiresAt }) =>
      typeof sessionKey === 'string' && typeof expiresAt === 'number' ? { sessionKey, expiresAt } : undefined,
    ),
  };
};

const nothingKept: KeyValueStore = { read: () => undefined, write: () => {} };

const parseEpoch = ({
  epoch,
  expiresAt,
  sid,
  user,
  handedTo,
}: Readonly<Record<string, unknown>>): SharedSession | undefined =>
  typeof epoch === 'string'
    ? {
        epoch,
        ...(typeof expiresAt === 'number' && { expiresAt }),
        ...(typeof sid === 'string' && { sid }),
        ...(typeof user === 'string' && { user }),
        ...(typeof handedTo === 'string' && { handedTo }),
      }
    : undefined;

const parseSignOut = ({ sid, user, refusals }: Readonly<Record<string, unknown>>): PendingSignOut => ({
  ...(typeof sid === 'string' && { sid }),
  ...(typeof user === 'string' && { user }),
  ...(typeof refusals === 'number' && { refusals }),
});

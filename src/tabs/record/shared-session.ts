import type { KeyValueStore } from '../../platform/platform.ts';
import type { PendingSignOut } from '../../session/pending-sign-out.ts';
import { checkedMembers, type Members } from './checked-members.ts';
import { createStoredValue, type StoredValue } from './stored-value.ts';

/**
 * What tabs know together of a session, from a sign-in to a sign-out; or of the time in which nobody is
 * signed in.
 */
export interface SharedSession {
  /** A random name, only ever compared for equality. A sign-in or a sign-out begins another one. */
  readonly sessionKey: string;
  /** If somebody is signed in: when the newest access token expires, in epoch ms. */
  readonly expiresAt?: number | undefined;
  /** The server's name for the session, if it gives one. */
  readonly sid?: string | undefined;
  /**
   * A hash that tells the user from others (`identityHash`, salted with the session key), if the server says
   * who it is.
   */
  readonly user?: string | undefined;
  /** The audience whose tabs were given the token, if any were. */
  readonly handedTo?: string | undefined;
}

/** The idempotency key of a refresh that was sent and has no response yet. */
export interface PendingKey {
  readonly key: string;
  /** When the first request with this key was sent, in epoch ms. */
  readonly sentAt: number;
  /** A tab other than the one that made the key has used it too. */
  readonly isShared?: boolean;
}

/** The access token that went with the only tab that had it. */
export interface LostToken {
  readonly sessionKey: string;
  /** In epoch ms. */
  readonly expiresAt: number;
}

/** What tabs share in storage. Whatever changes on its own has its own entry. */
export interface SessionRecord {
  /** Written when a session begins or ends. */
  readonly session: StoredValue<SharedSession>;
  /** Written when a session's token is refreshed. Ignored once another session has begun. */
  readonly renewed: StoredValue<SharedSession>;
  readonly pendingKey: StoredValue<PendingKey>;
  readonly signOut: StoredValue<PendingSignOut>;
  readonly leftAlone: StoredValue<LostToken>;
}

/** If `sessionName` is undefined, this page shares nothing. */
export function createRecord(storage: KeyValueStore, sessionName: (() => string) | undefined): SessionRecord {
  const store = sessionName === undefined ? EMPTY_STORE : storage;
  const key = (suffix: string) => () => `silent-refresh:${sessionName?.()}${suffix}`;
  return {
    session: createStoredValue(store, key(''), parseSession),
    renewed: createStoredValue(store, key(':renewed'), parseSession),
    pendingKey: createStoredValue(store, key(':pending-key'), parsePendingKey),
    signOut: createStoredValue(store, key(':sign-out'), parseSignOut),
    leftAlone: createStoredValue(store, key(':left-alone'), parseLostToken),
  };
}

const EMPTY_STORE: KeyValueStore = { read: () => undefined, write: () => {} };

function parseSession(members: Members): SharedSession | undefined {
  return checkedMembers(
    members,
    { sessionKey: 'string', expiresAt: 'number', sid: 'string', user: 'string', handedTo: 'string' },
    'sessionKey',
  );
}

function parsePendingKey(members: Members): PendingKey | undefined {
  const found = checkedMembers(members, { key: 'string', sentAt: 'number', isShared: 'boolean' }, 'key', 'sentAt');
  return found && /^[\w-]{1,128}$/.test(found.key) ? found : undefined;
}

function parseSignOut(members: Members): PendingSignOut | undefined {
  return checkedMembers(members, { sid: 'string', user: 'string', refusals: 'number', signedOutAt: 'number' });
}

function parseLostToken(members: Members): LostToken | undefined {
  return checkedMembers(members, { sessionKey: 'string', expiresAt: 'number' }, 'sessionKey', 'expiresAt');
}

import type { Identity } from '../../session/identity.ts';
import { markOf, type PendingSignOut, refused } from '../../session/pending-sign-out.ts';
import type { SessionTracker } from './session-tracker.ts';
import type { StoredValue } from './stored-value.ts';

interface Parts {
  readonly entry: StoredValue<PendingSignOut>;
  readonly tracker: Pick<SessionTracker, 'read' | 'keep'>;
  /** A salt for the hash of a user. */
  readonly uuid: () => string;
  /** The wall clock: epoch ms. */
  readonly wallAt: () => number;
}

/**
 * The sign-out that the server has not confirmed yet. It stays in the record, so that this page or another
 * one finishes it.
 */
export function createKeptSignOut({ entry, tracker, uuid, wallAt }: Parts) {
  /** This page's own sign-out. */
  let mine: PendingSignOut | undefined;

  /** `undefined`: it is over. */
  const keep = (pending: PendingSignOut | undefined) => {
    entry.write(pending);
    if (mine !== undefined) mine = pending;
  };

  /**
   * If the whole record is gone, this page's sign-out is written again: apps clear storage when a user signs
   * out. If it alone is gone, another tab has finished it, and asking again could end the session of a user
   * who has signed in since.
   */
  const read = (): PendingSignOut | undefined => {
    if (mine !== undefined && entry.read() === undefined) {
      if (tracker.read() === undefined) {
        tracker.keep('same', {});
        entry.write(mine);
      } else mine = undefined;
    }
    return entry.read();
  };

  return {
    read,
    isPending: (): boolean => read() !== undefined,
    keep,
    forget: (): void => keep(undefined),
    /** The sign-out of a session that ends now. `mark`: of its user, if it is known already. */
    of: (user: Identity, mark = markOf(user, uuid().slice(-8))): PendingSignOut => ({
      sid: user.sid,
      user: mark,
      signedOutAt: wallAt(),
    }),
    /** This page has signed out, and makes sure that the sign-out is not lost. */
    own: (pending: PendingSignOut): void => {
      mine = pending;
    },
    /** Counts a definite refusal. Returns whether the sign-out is given up. */
    refuse: (): boolean => {
      const next = refused(read() ?? {});
      keep(next);
      return next === undefined;
    },
  };
}

export type KeptSignOut = ReturnType<typeof createKeptSignOut>;

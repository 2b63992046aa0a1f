import type { Identity } from '../session/identity.ts';
import { isOther, markOf, type PendingSignOut, refused } from '../session/pending-sign-out.ts';
import type { SessionTracker } from './session-tracker.ts';
import type { StoredValue } from './stored-value.ts';

interface Parts {
  readonly entry: StoredValue<PendingSignOut>;
  readonly tracker: Pick<SessionTracker, 'read' | 'keep'>;
  /** Salt for the mark of a user. */
  readonly uuid: () => string;
}

/** The sign-out that is not confirmed yet, in the record: kept there until it is over, for this page or the next one. */
export const createKeptSignOut = ({ entry, tracker, uuid }: Parts) => {
  /** That of this page. */
  let mine: PendingSignOut | undefined;

  const keep = (pending: PendingSignOut) => {
    entry.write(pending);
    if (mine !== undefined) mine = pending;
  };

  /**
   * Written again where it is gone with the whole record: apps clear storage as somebody leaves. Where it alone is gone, another
   * page has finished it, and asking again could end the session of whoever has signed in since.
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

  const forget = () => {
    mine = undefined;
    entry.write(undefined);
  };

  return {
    read,
    isPending: (): boolean => read() !== undefined,
    keep,
    forget,
    /** What is to be kept of a session that is ended now. */
    of: (user: Identity): PendingSignOut => ({ sid: user.sid, user: markOf(user, uuid().slice(-8)) }),
    /** It is this page's, which sees to it that it is not lost. */
    own: (pending: PendingSignOut): void => {
      mine = pending;
    },
    /** Counts a definite refusal; says whether the sign-out is given up with it. */
    refuse: (): boolean => {
      const next = refused(read() ?? {});
      if (next === undefined) forget();
      else keep(next);
      return next === undefined;
    },
    isOthers: (found: Identity): boolean => isOther(read() ?? {}, found),
  };
};

export type KeptSignOut = ReturnType<typeof createKeptSignOut>;

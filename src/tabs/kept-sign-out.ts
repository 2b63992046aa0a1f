import type { Identity } from '../session/identity.ts';
import { isOther, markOf, type PendingSignOut, refused } from '../session/pending-sign-out.ts';
import type { SessionTracker } from './session-tracker.ts';
import type { StoredValue } from './stored-value.ts';

interface Parts {
  readonly entry: StoredValue<PendingSignOut>;
  readonly tracker: Pick<SessionTracker, 'current' | 'read' | 'keep'>;
  /** Salt for the mark of a user. */
  readonly uuid: () => string;
}

/** The sign-out that is not confirmed yet, in the record: kept there until it is over, for this page or the next one. */
export const createKeptSignOut = ({ entry, tracker, uuid }: Parts) => {
  /** That of this page, and the epoch that began with it. */
  let mine: { readonly pending: PendingSignOut; readonly epoch: string | undefined } | undefined;

  const keep = (pending: PendingSignOut) => {
    entry.write(pending);
    if (mine !== undefined) mine = { ...mine, pending };
  };

  /** Written again where it is gone, as long as nobody has begun another epoch: apps clear storage as somebody leaves. */
  const read = (): PendingSignOut | undefined => {
    if (mine !== undefined && entry.read() === undefined) {
      const epoch = tracker.read()?.epoch;
      if (epoch === undefined) tracker.keep('same', {});
      if (epoch === undefined || epoch === mine.epoch) entry.write(mine.pending);
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
    /** It is this page's, and of the epoch that has begun with it. */
    own: (pending: PendingSignOut): void => {
      mine = { pending, epoch: tracker.current() };
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

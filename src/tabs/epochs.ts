import type { RecordKeeper, SessionRecord } from './record.ts';

/** What the record says of another epoch than this page's. */
interface Difference {
  /** Nobody is signed in there. */
  readonly signedOut: boolean;
}

/** The epoch that this page lives in, by the record's name for it. */
export interface Epochs {
  /** Undefined before this page has met a record, or made one. */
  current(): string | undefined;
  /** Goes on in the epoch of a record. */
  adopt(found: Pick<SessionRecord, 'epoch'> | undefined): void;
  /** Goes on in the epoch of the record, if it is another one, and says what it is like. */
  compare(mustExist: boolean): Difference | undefined;
  /** Keeps the record true: this page's session goes on, or a new epoch begins. */
  keep(epoch: 'same' | 'new', expiresAt: number | undefined): void;
}

export const createEpochs = (record: RecordKeeper): Epochs => {
  let current: string | undefined;
  /** The epoch that this page has ended: no other page brings it back. */
  let ended: string | undefined;

  return {
    current: () => current,
    adopt: (found) => {
      if (found?.epoch !== current) ended = undefined;
      current = found?.epoch;
    },
    compare: (mustExist) => {
      const found = record.read();
      if (current === undefined || found?.epoch === current || (found === undefined && !mustExist)) return undefined;
      if (found !== undefined && found.epoch === ended) {
        // It was written by a page that had not heard of the end yet.
        const { expiresAt, signOut } = record.written() ?? {};
        record.update({ epoch: current, expiresAt, signOut });
        return undefined;
      }
      ended = undefined;
      current = found?.epoch;
      return { signedOut: found !== undefined && found.expiresAt === undefined };
    },
    keep: (epoch, expiresAt) => {
      if (epoch === 'new' || current === undefined) {
        ended = current;
        current = record.name();
      }
      record.update({
        epoch: current,
        expiresAt,
        ...(epoch === 'new' && expiresAt !== undefined && { signOut: undefined }),
      });
    },
  };
};

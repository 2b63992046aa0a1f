import type { Epoch, SessionRecord } from './record.ts';

/** What the record says of another epoch than this page's. */
interface Difference {
  /** Nobody is signed in there. */
  readonly signedOut: boolean;
  /** There is no record any more. */
  readonly isGone: boolean;
}

/** The epoch that this page lives in, by the record's name for it. */
export interface Epochs {
  /** Undefined where this page has met no record, and made none. */
  current(): string | undefined;
  /** What the record shows. */
  read(): Epoch | undefined;
  /** Goes on in the epoch of a record. */
  adopt(found: Epoch | undefined): void;
  /**
   * Goes on in the epoch of the record, if it is another one, and says what it is like. That there is none any more is a
   * difference where it `mustExist`.
   */
  compare(mustExist: boolean): Difference | undefined;
  /**
   * Keeps the record true: this page's session goes on, or a new epoch begins. What comes late, as from a page that has slept,
   * is no news within an epoch where a token is recorded that lives longer.
   */
  keep(epoch: 'same' | 'new', session: Omit<Epoch, 'epoch'>, isLate?: boolean): void;
}

export const createEpochs = (record: Pick<SessionRecord, 'epoch' | 'renewed'>, name: () => string): Epochs => {
  let current: string | undefined;
  /** This page has looked for a record. */
  let hasLooked = false;

  const read = () => {
    const found = record.epoch.read();
    const renewed = record.renewed.read();
    return found !== undefined && renewed?.epoch === found.epoch ? renewed : found;
  };

  return {
    current: () => current,
    read,
    adopt: (found) => {
      hasLooked = true;
      current = found?.epoch;
    },
    compare: (mustExist) => {
      const found = read();
      if (!hasLooked || found?.epoch === current || (found === undefined && !mustExist)) return undefined;
      const before = current;
      current = found?.epoch;
      const signedOut = found !== undefined && found.expiresAt === undefined;
      // To a page that knew of nobody, another one's finding nobody is no news.
      return before === undefined && signedOut ? undefined : { signedOut, isGone: found === undefined };
    },
    keep: (epoch, session, isLate = false) => {
      const isNew = epoch === 'new' || current === undefined;
      if (isNew) current = name();
      hasLooked = true;
      const { epoch: found, expiresAt = 0 } = read() ?? {};
      if (isLate && found === current && expiresAt > (session.expiresAt ?? Number.POSITIVE_INFINITY)) return;
      const entry = isNew || record.epoch.read() === undefined ? record.epoch : record.renewed;
      entry.write({ epoch: current as string, ...session });
    },
  };
};

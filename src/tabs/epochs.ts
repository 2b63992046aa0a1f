import type { Epoch, SessionRecord } from './record.ts';

/** What the record says of another epoch than this page's. */
interface Difference {
  /** Nobody is signed in there. */
  readonly signedOut: boolean;
}

/** The epoch that this page lives in, by the record's name for it. */
export interface Epochs {
  /** Undefined before this page has met a record, or made one. */
  current(): string | undefined;
  /** What the record shows. */
  read(): Epoch | undefined;
  /** Goes on in the epoch of a record. */
  adopt(found: Epoch | undefined): void;
  /** Goes on in the epoch of the record, if it is another one, and says what it is like. */
  compare(mustExist: boolean): Difference | undefined;
  /** Keeps the record true: this page's session goes on, or a new epoch begins. */
  keep(epoch: 'same' | 'new', expiresAt: number | undefined): void;
}

export const createEpochs = (record: Pick<SessionRecord, 'epoch' | 'renewed'>, name: () => string): Epochs => {
  let current: string | undefined;

  const read = () => {
    const found = record.epoch.read();
    const renewed = record.renewed.read();
    return found !== undefined && renewed?.epoch === found.epoch ? renewed : found;
  };

  return {
    current: () => current,
    read,
    adopt: (found) => {
      current = found?.epoch;
    },
    compare: (mustExist) => {
      const found = read();
      if (current === undefined || found?.epoch === current || (found === undefined && !mustExist)) return undefined;
      current = found?.epoch;
      return { signedOut: found !== undefined && found.expiresAt === undefined };
    },
    keep: (epoch, expiresAt) => {
      const isNew = epoch === 'new' || current === undefined;
      if (isNew) current = name();
      const entry = isNew || record.epoch.read() === undefined ? record.epoch : record.renewed;
      entry.write({ epoch: current as string, expiresAt });
    },
  };
};

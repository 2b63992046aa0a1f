import { MisuseError, StoreUnavailableError } from './errors.ts';
import { endFamily, type FamilyRecord } from './family.ts';
import { soundList, soundRecord, soundSwap } from './sound-record.ts';
import type { FamilyStore } from './store.ts';

/** What a decision wants: an answer, and the record to commit before it is given (none: nothing to write). */
export interface Change<Result> {
  readonly result: Result;
  readonly family?: FamilyRecord | undefined;
}

/** The families as the authority sees them: changed only by compare-and-swap, `StoreUnavailableError` when that fails. */
export interface Families {
  read(sid: string): Promise<FamilyRecord | undefined>;
  add(family: FamilyRecord, now: number): Promise<void>;
  /** Decides on the family as it is and commits; somebody else was faster: reads and decides again. */
  change<Result>(
    sid: string,
    decide: (family: FamilyRecord | undefined) => Change<Result> | Promise<Change<Result>>,
  ): Promise<Result>;
  /** Ends the family; the record as it was if that made a difference. */
  revoke(sid: string): Promise<FamilyRecord | undefined>;
  listByUser(userId: string): Promise<readonly string[]>;
}

// Losing the swap means that somebody else won it, and most decisions need no write the second time.
const MAX_ATTEMPTS = 16;

export function createFamilies(store: FamilyStore): Families {
  const read = (sid: string): Promise<FamilyRecord | undefined> =>
    available(async () => soundRecord(await store.read(sid), sid));

  async function change<Result>(
    sid: string,
    decide: (family: FamilyRecord | undefined) => Change<Result> | Promise<Change<Result>>,
  ): Promise<Result> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const before = await read(sid);
      const { result, family: after } = await decide(before);
      if (before === undefined || after === undefined || after === before) return result;
      const next = { ...after, version: before.version + 1 };
      if (await available(async () => soundSwap(await store.replace(next, before.version)))) return result;
    }
    throw new StoreUnavailableError();
  }

  return {
    read,
    async add(family, now) {
      await available(() => store.removeExpired(now));
      await available(() => store.insert(family));
    },
    change,
    revoke: (sid) =>
      change(sid, (family) =>
        family?.state === 'active'
          ? { result: family, family: endFamily(family, 'revoked') }
          : { result: undefined as FamilyRecord | undefined },
      ),
    listByUser: (userId) => available(async () => soundList(await store.listByUser(userId))),
  };
}

async function available<Result>(ask: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (cause) {
    throw new StoreUnavailableError(cause instanceof MisuseError ? cause.message : undefined, { cause });
  }
}

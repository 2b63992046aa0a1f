import { MisuseError, UnavailableError } from '../errors.ts';
import type { SessionData, SessionRecord } from '../rotation/session-record.ts';
import { checkedBoolean, checkedIds, checkedRecord, checkedRecords } from './record-checks.ts';
import type { EndedState, SessionStore } from './session-store.ts';

/** What a decision wants: an answer, and the record to commit before it is given (none: nothing to write). */
export interface Change<Result> {
  readonly result: Result;
  readonly session?: SessionRecord | undefined;
}

/** A session that has ended, and what the app keeps with it. */
interface EndedSession {
  readonly sid: string;
  readonly data?: SessionData;
}

/** The session store as the authority uses it: what it gives is checked, and what fails is a `UnavailableError`. */
export interface Sessions {
  read(sid: string): Promise<SessionRecord | undefined>;
  add(session: SessionRecord): Promise<void>;
  /**
   * Decides on the session as it is and commits. If somebody else was faster, it reads and decides again. A decision that
   * ends the session is committed whatever has happened meanwhile.
   */
  change<Result>(
    sid: string,
    decide: (session: SessionRecord | undefined) => Change<Result> | Promise<Change<Result>>,
  ): Promise<Result>;
  /** Ends the session; the record as it was before, if that made a difference. */
  end(sid: string): Promise<SessionRecord | undefined>;
  /** Ends all sessions of a user but one; gives those that it ended, with their data if they are few. */
  endByUser(userId: string, exceptSid?: string): Promise<readonly EndedSession[]>;
  listByUser(userId: string): Promise<readonly SessionRecord[]>;
  removeExpired(now: number): Promise<void>;
}

const UNAVAILABLE = 'The session store is unavailable.';
// Losing the swap means that somebody else won it, and most decisions need no write the second time.
const MAX_ATTEMPTS = 16;
// A sign-in adds one session and removes up to this many, so that expired ones never pile up.
const MAX_REMOVED = 100;
// More records than these would take longer to read than the sessions to end.
const MAX_READ = 100;

export function createSessions(store: SessionStore): Sessions {
  // Not by `available`, whose promises every call of an API would wait for.
  async function read(sid: string): Promise<SessionRecord | undefined> {
    try {
      return checkedRecord(await store.read(sid), 'read', sid);
    } catch (cause) {
      throw unavailable(cause);
    }
  }

  const end = (sid: string, state: EndedState): Promise<boolean> =>
    available(async () => checkedBoolean(await store.end(sid, state), 'end'));

  // What has ended has ended: if its record cannot be read any more, less is known of it.
  async function ended(sid: string): Promise<EndedSession> {
    const record = await read(sid).catch(() => undefined);
    return record === undefined ? { sid } : { sid, data: record.data };
  }

  async function commit(before: SessionRecord, after: SessionRecord): Promise<boolean> {
    if (after.state !== 'active') {
      await end(before.sid, after.state);
      return true;
    }
    const next = { ...after, version: before.version + 1 };
    return available(async () => checkedBoolean(await store.replace(next, before.version), 'replace'));
  }

  return {
    read,
    add: (session) => available(() => store.insert(session)),
    async change(sid, decide) {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
        const before = await read(sid);
        const { result, session: after } = await decide(before);
        if (before === undefined || after === undefined || after === before) return result;
        if (await commit(before, after)) return result;
      }
      throw new UnavailableError(UNAVAILABLE);
    },
    async end(sid) {
      const session = await read(sid);
      return session?.state === 'active' && (await end(sid, 'revoked')) ? session : undefined;
    },
    async endByUser(userId, exceptSid) {
      const sids = await available(async () => checkedIds(await store.endByUser(userId, exceptSid), 'endByUser'));
      return sids.length > MAX_READ ? sids.map((sid) => ({ sid })) : Promise.all(sids.map(ended));
    },
    listByUser: (userId) => available(async () => checkedRecords(await store.listByUser(userId), 'listByUser')),
    removeExpired: (now) => available(() => store.removeExpired(now, MAX_REMOVED)),
  };
}

async function available<Result>(ask: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (cause) {
    throw unavailable(cause);
  }
}

function unavailable(cause: unknown): UnavailableError {
  if (cause instanceof UnavailableError) return cause;
  return new UnavailableError(cause instanceof MisuseError ? cause.message : UNAVAILABLE, { cause });
}

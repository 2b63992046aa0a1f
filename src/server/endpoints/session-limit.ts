import { isAlive, type SessionRecord } from '../rotation/session-record.ts';
import type { Settings } from '../settings.ts';
import type { Sessions } from '../stores/sessions.ts';

/** What `maxSessionsPerUser` means for a session that has just been added. */
interface Standing {
  /** Whether newer ones have taken all places already: its cookie would be dead on arrival. */
  readonly isOvertaken: boolean;
  /** The user's sessions beyond the limit, this one among them if it is overtaken. */
  readonly tooMany: readonly string[];
}

/** Counts the sessions of users. Without a limit, it asks the store nothing. */
export interface SessionLimit {
  /** When a new session begins: later than all that the user has, whichever clock another process has. */
  startAfterAll(userId: string, now: number): Promise<number>;
  judge(session: SessionRecord): Promise<Standing>;
}

export function createSessionLimit({ maxSessionsPerUser, now }: Settings, sessions: Sessions): SessionLimit {
  if (maxSessionsPerUser === undefined) {
    return { startAfterAll: async (_userId, at) => at, judge: async () => ({ isOvertaken: false, tooMany: [] }) };
  }

  async function live(userId: string): Promise<readonly SessionRecord[]> {
    const at = now();
    return (await sessions.listByUser(userId)).filter((session) => isAlive(session, at));
  }

  return {
    async startAfterAll(userId, at) {
      return (await live(userId)).reduce((latest, { startedAt }) => Math.max(latest, startedAt + 1), at);
    },
    async judge(session) {
      const newestFirst = (await live(session.userId)).toSorted(byNewest);
      const staying = newestFirst.slice(0, maxSessionsPerUser);
      // One that is missing because `endUserSessions` has ended it must not pass for overtaken, or it would begin again.
      const isFull = staying.length === maxSessionsPerUser;
      return {
        isOvertaken: isFull && staying.every((other) => byNewest(other, session) < 0),
        tooMany: newestFirst.slice(maxSessionsPerUser).map(({ sid }) => sid),
      };
    },
  };
}

// Of two that began at the same moment, every process takes the same one for the newer.
function byNewest(one: SessionRecord, other: SessionRecord): number {
  return other.startedAt - one.startedAt || (one.sid < other.sid ? -1 : 1);
}

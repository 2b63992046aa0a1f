import type { Settings } from '../settings.ts';
import type { SessionStore } from '../stores/session-store.ts';
import { addTo, neededUntil, sessionEntry } from './revocation-entries.ts';
import type { RevocationList } from './revocation-list.ts';

const BATCH = 1_000;

/**
 * The store, with each session that is ended in it on the list until the last of its access tokens has expired.
 *
 * A session is listed before it is ended, so that whoever has to try again, because one of the two failed, does both. An
 * end is final whatever has happened to the session meanwhile, so none is listed that goes on.
 */
export function withRevocationList(store: SessionStore, list: RevocationList, settings: Settings): SessionStore {
  const { issuer, now, maxAccessTokenLifetimeMs } = settings;

  async function add(sids: readonly string[]): Promise<void> {
    const expiresAt = neededUntil(now() + maxAccessTokenLifetimeMs);
    const ids = sids.map((sid) => sessionEntry(issuer, sid));
    for (let i = 0; i < ids.length; i += BATCH) await addTo(list, ids.slice(i, i + BATCH), expiresAt);
  }

  return {
    read: (sid) => store.read(sid),
    insert: (record) => store.insert(record),
    replace: (record, expectedVersion) => store.replace(record, expectedVersion),
    async end(sid, state) {
      await add([sid]);
      return store.end(sid, state);
    },
    async endByUser(userId, exceptSid) {
      // Ended ones as well: the call before this one may have ended them and failed before they were listed.
      const listed = new Set((await store.listByUser(userId)).map(({ sid }) => sid).filter((sid) => sid !== exceptSid));
      await add([...listed]);
      const ended = await store.endByUser(userId, exceptSid);
      // Signed in in between.
      await add(ended.filter((sid) => !listed.has(sid)));
      return ended;
    },
    listByUser: (userId) => store.listByUser(userId),
    removeExpired: (at, limit) => store.removeExpired(at, limit),
  };
}

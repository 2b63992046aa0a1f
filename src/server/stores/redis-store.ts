import type { SessionRecord } from '../rotation/session-record.ts';
import { boundRedis, type RedisClient, type RedisOptions } from './redis-client.ts';
import { END, END_BY_USER, INSERT, LIST_BY_USER, REPLACE } from './redis-scripts.ts';
import type { SessionStore } from './session-store.ts';
import { recordOf } from './stored-record.ts';

/**
 * A session store in Redis 6.2 or later (or Valkey), shared by all processes that use it. Redis removes expired sessions by
 * itself, by its own clock.
 *
 * The client stays yours: connect it, and listen to its `error` event. A write that Redis confirmed and then lost, in a
 * crash or a fail-over, is lost to the sessions as well: see "Stores" in docs/server.md on how to configure it. Throws a
 * `TypeError` for wrong options.
 *
 * @example
 * const client = createClient({ url, commandsQueueMaxLength: 10_000, socket: { connectTimeout: 2000 } })
 * client.on('error', (error) => console.error(error))
 * await client.connect()
 * const authority = createAuthority({ store: createRedisStore(client, { timeoutMs: 2000 }), … })
 */
export function createRedisStore(redis: RedisClient, options?: RedisOptions): SessionStore {
  const { prefix, client } = boundRedis(redis, options);
  const sessions = `${prefix}session:`;
  const keyOf = (sid: string) => sessions + sid;
  const userKeyOf = (userId: string) => `${prefix}user:${userId}`;

  // The scripts are sent each time, a few hundred bytes: a Redis that was restarted has forgotten them.
  const run = (script: string, keys: string[], ...args: string[]) => client.eval(script, { keys, arguments: args });

  function write(script: string, record: SessionRecord, ...further: string[]): Promise<unknown> {
    const { sid, userId, version, state, expiresAt } = record;
    const args = [JSON.stringify(record), String(version), state, String(Math.ceil(expiresAt)), sid, ...further];
    return run(script, [keyOf(sid), userKeyOf(userId)], ...args);
  }

  return {
    async read(sid) {
      return recordIn(await client.hmGet(keyOf(sid), ['record', 'version', 'state']));
    },
    async insert(record) {
      await write(INSERT, record);
    },
    replace: async (record, expectedVersion) => (await write(REPLACE, record, String(expectedVersion))) === 1,
    end: async (sid, state) => (await run(END, [keyOf(sid)], state)) === 1,
    endByUser: async (userId, exceptSid = '') =>
      (await run(END_BY_USER, [userKeyOf(userId)], sessions, exceptSid)) as string[],
    async listByUser(userId) {
      const found = (await run(LIST_BY_USER, [userKeyOf(userId)], sessions)) as string[][];
      return found.map(recordIn).filter((record) => record !== undefined);
    },
    // Redis removes them.
    removeExpired: () => undefined,
  };
}

function recordIn([record, version, state]: readonly (string | null)[]): SessionRecord | undefined {
  if (!record || !version || !state) return undefined;
  return recordOf({ record, version, state });
}

import type { RevocationList } from '../tokens/revocation-list.ts';
import { boundRedis, type RedisClient, type RedisOptions } from './redis-client.ts';

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

// KEYS: list. ARGV: expiresAt, ids.
const ADD = `${NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], 'GT', ARGV[1], ARGV[i]) end
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
if last then redis.call('PEXPIREAT', KEYS[1], last) end`;

// KEYS: list. ARGV: ids.
const HAS = `${NOW}
for _, id in ipairs(ARGV) do
  local expiresAt = redis.call('ZSCORE', KEYS[1], id)
  if expiresAt and tonumber(expiresAt) > now then return 1 end
end
return 0`;

// KEYS: list. Gives each id and when it expires, one after the other.
const ENTRIES = `${NOW}
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf', 'WITHSCORES')`;

/**
 * A list of revoked tokens and ended sessions in Redis, shared by authority and verifiers. Entries expire by Redis' clock.
 *
 * The client stays yours. An entry that Redis confirmed and then lost, in a crash or a fail-over, is lost. Throws a `TypeError` for
 * wrong options.
 */
export function createRedisRevocationList(redis: RedisClient, options?: RedisOptions): RevocationList {
  const { prefix, client } = boundRedis(redis, options);
  const run = (script: string, args: readonly string[]) =>
    client.eval(script, { keys: [`${prefix}revoked`], arguments: [...args] });

  return {
    async add(ids, expiresAt) {
      await run(ADD, [String(Math.ceil(expiresAt)), ...ids]);
    },
    has: async (ids) => (await run(HAS, ids)) === 1,
    async entries() {
      const found = (await run(ENTRIES, [])) as string[];
      return found.flatMap((id, n) => (n % 2 === 0 ? [{ id, expiresAt: Number(found[n + 1]) }] : []));
    },
  };
}

/*
 * A session is a hash of `record` (JSON), `version` and `state`, which the server expires. A user is a sorted set of the
 * ids of their sessions by expiry; ids are removed from it at sign-ins, and it expires with the last session.
 */

// KEYS: session, user. ARGV: record, version, state, expiresAt, sid.
const WRITE = `
redis.call('HSET', KEYS[1], 'record', ARGV[1], 'version', ARGV[2], 'state', ARGV[3])
redis.call('PEXPIREAT', KEYS[1], ARGV[4])
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[5])
redis.call('PEXPIREAT', KEYS[2], redis.call('ZREVRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2])
`;

/** Adds a session. KEYS: session, user. ARGV: record, version, state, expiresAt, sid. */
export const INSERT = `
local time = redis.call('TIME')
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', time[1] * 1000 + math.floor(time[2] / 1000))
${WRITE}`;

/** Swaps a session; 1 if it had the expected version. KEYS: session, user. ARGV: as above, then the expected version. */
export const REPLACE = `
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[6] then return 0 end
${WRITE}
return 1`;

/** Ends a session; 1 if it was active. KEYS: session. ARGV: state. */
export const END = `
if redis.call('HGET', KEYS[1], 'state') ~= 'active' then return 0 end
redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('HSET', KEYS[1], 'state', ARGV[1])
return 1`;

/** Ends a user's sessions; the ids of those. KEYS: user. ARGV: what session keys begin with, the id to leave alone. */
export const END_BY_USER = `
local ended = {}
for _, sid in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local key = ARGV[1] .. sid
  if sid ~= ARGV[2] and redis.call('HGET', key, 'state') == 'active' then
    redis.call('HINCRBY', key, 'version', 1)
    redis.call('HSET', key, 'state', 'revoked')
    ended[#ended + 1] = sid
  end
end
return ended`;

/** A user's sessions, each as a list of record, version, state. KEYS: user. ARGV: what session keys begin with. */
export const LIST_BY_USER = `
local found = {}
for _, sid in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local session = redis.call('HMGET', ARGV[1] .. sid, 'record', 'version', 'state')
  if session[1] then found[#found + 1] = session end
end
return found`;

export type { RedisClient, RedisOptions } from './redis-client.ts';
export { createRedisRevocationList } from './redis-revocation-list.ts';
export { createRedisStore } from './redis-store.ts';

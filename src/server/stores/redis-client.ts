import { assertMembers, checkKnown, duration, shortTextOrKind } from '../option-values.ts';
import { withTimeout } from '../promises/with-timeout.ts';

/** The part of a Redis client that is used: a client, pool or cluster of the package `redis`, connected. */
export interface RedisClient {
  hmGet(key: string, fields: string[]): Promise<(string | null)[]>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** What the stores in Redis have in common. */
export interface RedisOptions {
  /**
   * What all keys begin with. Default `silent-refresh:`. In a cluster it needs a hash tag (`{silent-refresh}:`), which keeps
   * all of them on one node: a session changes together with the list of its user's sessions.
   */
  readonly prefix?: string;
  /** How long Redis may take to answer, in milliseconds. Default 5 000. */
  readonly timeoutMs?: number;
}

// What Redis computes the node of a key from: the text between the first `{` and the `}` after it.
const HASH_TAG = /^[^{]*\{[^}]+\}/;

/** A client that gives up waiting for answers, and what its keys begin with. */
export interface BoundRedis {
  readonly prefix: string;
  readonly client: RedisClient;
}

/**
 * Applies the options; throws a `TypeError` for wrong ones.
 *
 * The package `redis` has no time-out for a command that it has sent: a server that stalls would be waited for for ever.
 */
export function boundRedis(client: RedisClient, options: RedisOptions = {}): BoundRedis {
  checkKnown(options, { prefix: true, timeoutMs: true });
  const { prefix = 'silent-refresh:' } = options;
  assertMembers(
    'redis',
    client,
    ['hmGet', 'eval'],
    'a client of the package `redis` (docs/server.md says how to pass one of ioredis)',
  );
  const timeoutMs = duration('timeoutMs', options.timeoutMs ?? 5_000, 1);
  if (typeof prefix !== 'string') {
    throw new TypeError(`\`prefix\` must be text, like \`silent-refresh:\`; found ${shortTextOrKind(prefix)}.`);
  }
  if ('slots' in client && !HASH_TAG.test(prefix)) {
    throw new TypeError(
      `\`prefix\` needs a hash tag in a cluster, like \`{silent-refresh}:\`, since all keys have to be on one node; found ${shortTextOrKind(prefix)}.`,
    );
  }

  return {
    prefix,
    client: {
      hmGet: (key, fields) => withTimeout(timeoutMs, 'Redis', client.hmGet(key, fields)),
      eval: (script, given) => withTimeout(timeoutMs, 'Redis', client.eval(script, given)),
    },
  };
}

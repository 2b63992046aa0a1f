import { once } from '../promises/once.ts';
import type { VerificationKey } from './signing-keys.ts';
import { type CheckingKey, importKey } from './verification-key.ts';

/** Keys to check with that are at hand. They are imported when they are first needed. */
export interface LocalKeys {
  /** Rejects with a `TypeError` that names a key that turns out to be unusable. */
  all(): Promise<readonly CheckingKey[]>;
  find(kid: string): Promise<CheckingKey | undefined>;
}

export function createLocalKeys(keys: readonly VerificationKey[]): LocalKeys {
  const load = once(async () => new Map((await Promise.all(keys.map(importKey))).map((key) => [key.kid, key])));
  return { all: async () => [...(await load()).values()], find: async (kid) => (await load()).get(kid) };
}

import { once } from '../promises/once.ts';
import type { CheckingKey } from './verification-key.ts';

/**
 * Finds keys by their names among those that `load` gives, which is called when the first one is needed. Rejects with what
 * `load` rejects with, and tries again the next time.
 */
export function createLocalKeys(
  load: () => Promise<readonly CheckingKey[]>,
): (kid: string) => Promise<CheckingKey | undefined> {
  const byName = once(async () => new Map((await load()).map((key) => [key.kid, key])));
  // Each call of an API waits for this: one promise more, and not two.
  return (kid) => byName().then((keys) => keys.get(kid));
}

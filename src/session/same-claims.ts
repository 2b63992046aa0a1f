import { isPlainObject } from './is-plain-object.ts';

/** Claims of RFC 7519 and of Microsoft Entra that change with every token and say nothing about the user. */
const PER_TOKEN = new Set(['iat', 'exp', 'nbf', 'jti', 'uti', 'rh', 'aio']);

/** Values that are nested deeper, or refer to themselves, count as different. */
const MAX_DEPTH = 32;

function isEqual(a: unknown, b: unknown, depth: number, ignored?: ReadonlySet<string>): boolean {
  if (Object.is(a, b)) return true;
  if (depth > MAX_DEPTH || !isPlainObject(a) || !isPlainObject(b) || Array.isArray(a) !== Array.isArray(b))
    return false;
  const keysOf = (value: object) => Object.keys(value).filter((key) => !ignored?.has(key));
  const keys = keysOf(a);
  return (
    keys.length === keysOf(b).length && keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key], depth + 1))
  );
}

/**
 * Whether two claims would show the same on a screen: they are deeply equal, except for what changes with
 * every token. An app's own claims may throw when they are read; these count as different.
 */
export function isSameClaims(a: unknown, b: unknown): boolean {
  try {
    return isEqual(a, b, 0, PER_TOKEN);
  } catch {
    return false;
  }
}

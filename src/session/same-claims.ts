import { isPlainObject } from './is-plain-object.ts';

/** Claims that change with every token and say nothing about the user: of RFC 7519, and of Microsoft Entra. */
const perToken = new Set(['iat', 'exp', 'nbf', 'jti', 'uti', 'rh', 'aio']);

/** What is nested deeper, or refers to itself, counts as different. */
const maxDepth = 32;

const isEqual = (a: unknown, b: unknown, depth: number, ignored?: ReadonlySet<string>): boolean => {
  if (Object.is(a, b)) return true;
  if (depth > maxDepth || !isPlainObject(a) || !isPlainObject(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const keysOf = (value: object) => Object.keys(value).filter((key) => !ignored?.has(key));
  const keys = keysOf(a);
  return (
    keys.length === keysOf(b).length && keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key], depth + 1))
  );
};

/**
 * Whether two claims would show the same on a screen: equal in depth, but for what changes with every token. Of claims that
 * throw when they are looked at, as an app's own may, nobody can say so.
 */
export const isSameClaims = (a: unknown, b: unknown): boolean => {
  try {
    return isEqual(a, b, 0, perToken);
  } catch {
    return false;
  }
};

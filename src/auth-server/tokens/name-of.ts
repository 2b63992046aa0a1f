/**
 * What a server calls a user, an organisation or a session: a text that is not empty, or an integer, such as
 * the number of a row. JSON rounds an integer beyond 2^53 to another one, which may be another user's.
 */
export function nameOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

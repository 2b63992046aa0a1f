import { shortTextOrKind } from '../option-values.ts';

/** The quoted names of a table of sessions and of its indexes. */
export interface SqlTable {
  readonly table: string;
  readonly byUser: string;
  readonly byExpiry: string;
}

// PostgreSQL cuts longer names than 63 off, and those of the indexes would be one.
const NAME = /^[a-z_][a-z0-9_]{0,52}$/i;

/**
 * The names for a table: `silent_refresh_session` unless the app named another, `auth.sessions` where it may have a schema.
 *
 * Throws a `TypeError` unless it consists of at most 53 letters, digits and underscores, since a name cannot be a parameter of a
 * statement.
 */
export function sqlTable(name: string = 'silent_refresh_session', mayHaveSchema: boolean = false): SqlTable {
  const parts = typeof name === 'string' ? name.split('.') : [];
  const own = parts.at(-1);
  const isAsExpected = parts.length === 1 || (mayHaveSchema && parts.length === 2);
  if (own === undefined || !isAsExpected || !parts.every((part) => NAME.test(part))) {
    const example = mayHaveSchema ? '`sessions` or `auth.sessions`' : '`sessions`';
    throw new TypeError(
      `\`table\` must be letters, digits and underscores, 53 at most, like ${example}; found ${shortTextOrKind(name)}.`,
    );
  }
  return {
    table: parts.map(quoted).join('.'),
    byUser: quoted(`${own}_by_user`),
    byExpiry: quoted(`${own}_by_expiry`),
  };
}

function quoted(name: string): string {
  return `"${name}"`;
}

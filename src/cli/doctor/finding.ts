/** What a check found out. */
export interface Finding {
  /** Names the check, for scripts: it stays the same. */
  readonly check: string;
  readonly level: 'ok' | 'warning' | 'error';
  readonly seen: string;
  /** Why it matters. Absent where all is well. */
  readonly why?: string;
  /** What to change. Absent where all is well. */
  readonly change?: string;
}

/** All is well. */
export function ok(check: string, seen: string): Finding {
  return { check, level: 'ok', seen };
}

/** It works, but less safely or less smoothly than it could. */
export function warning(check: string, seen: string, why: string, change: string): Finding {
  return { check, level: 'warning', seen, why, change };
}

/** It does not work, or it is not safe. */
export function error(check: string, seen: string, why: string, change: string): Finding {
  return { check, level: 'error', seen, why, change };
}

/** `a, b and c`. */
export function listed(items: readonly string[]): string {
  const distinct = [...new Set(items)];
  return distinct.length < 2 ? distinct.join() : `${distinct.slice(0, -1).join(', ')} and ${distinct.at(-1)}`;
}

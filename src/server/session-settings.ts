import { assertBoolean, count, duration } from './option-values.ts';
import type { AuthorityOptions } from './options.ts';
import type { RotationPolicy } from './rotation/decide-refresh.ts';
import type { Timeouts } from './rotation/session-record.ts';

/** How long sessions live, how their tokens rotate, and how many a user may have. */
export interface SessionSettings {
  readonly policy: RotationPolicy & Timeouts & { readonly shortSession: Timeouts };
  /** `undefined` if there is no limit. */
  readonly maxSessionsPerUser: number | undefined;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Throws a `TypeError` naming the option for anything that cannot be right. */
export function settleSessions<User>(options: AuthorityOptions<User>): SessionSettings {
  const { maxSessionsPerUser } = options;
  const timeouts = {
    idleTimeoutMs: duration('idleTimeoutMs', options.idleTimeoutMs ?? 14 * DAY_MS, 1),
    absoluteTimeoutMs: duration('absoluteTimeoutMs', options.absoluteTimeoutMs ?? 90 * DAY_MS, 1),
  };
  const retryWindowMs = duration('retryWindowMs', options.retryWindowMs ?? MINUTE_MS, 0);
  return {
    policy: {
      ...timeouts,
      shortSession: shortTimeouts(options.shortSession, timeouts),
      graceMs: duration('graceMs', options.graceMs ?? 10_000, 0, MINUTE_MS),
      retryWindowMs,
      recoveryMs: recovery(options, Math.min(timeouts.idleTimeoutMs, DAY_MS), retryWindowMs),
      maxReplaysInARow: count('maxReplaysInARow', options.maxReplaysInARow ?? 5, 0),
    },
    maxSessionsPerUser:
      maxSessionsPerUser === undefined ? undefined : count('maxSessionsPerUser', maxSessionsPerUser, 1),
  };
}

function shortTimeouts(given: Partial<Timeouts> = {}, longest: Timeouts): Timeouts {
  const limit = (name: keyof Timeouts, usual: number): number =>
    duration(`shortSession.${name}`, given[name] ?? Math.min(usual, longest[name]), 1, longest[name]);
  return {
    idleTimeoutMs: limit('idleTimeoutMs', 2 * HOUR_MS),
    absoluteTimeoutMs: limit('absoluteTimeoutMs', 12 * HOUR_MS),
  };
}

// Where access tokens are used unseen, a successor seems never to have arrived, and its parent opens a branch of its own.
function recovery(
  {
    recoveryMs,
    paths,
    statelessAccess = paths?.jwks !== undefined,
  }: Pick<AuthorityOptions<unknown>, 'paths' | 'recoveryMs' | 'statelessAccess'>,
  usual: number,
  retryWindowMs: number,
): number {
  assertBoolean('statelessAccess', statelessAccess);
  const most = statelessAccess ? retryWindowMs : Number.MAX_SAFE_INTEGER;
  const ms = duration('recoveryMs', recoveryMs ?? Math.min(usual, most), 0);
  if (ms <= most) return ms;
  throw new TypeError(
    `\`recoveryMs\` must be at most \`retryWindowMs\` (${most}) if \`statelessAccess\` is true, which \`paths.jwks\` makes it; it is ${ms}. Leave it out, or set it lower.`,
  );
}

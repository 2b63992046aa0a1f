import { assertMembers, checkKnown, clock, duration } from '../option-values.ts';
import { withTimeout } from '../promises/with-timeout.ts';
import type { RevocationList } from './revocation-list.ts';

interface Copy {
  readonly ids: ReadonlySet<string>;
  readonly takenAt: number;
}

/**
 * A copy of a revocation list in this process's memory, for verifiers: it saves them a look-up for each request.
 *
 * A token is refused `maxAgeMs` (default 5 000) after its revocation at the latest: no request is judged by an older copy.
 * A new copy is taken when somebody asks and the last one is half as old, so while there is traffic no request waits for
 * it. If none can be taken in time, `has` rejects.
 *
 * ```ts
 * const revocation = copyRevocationList(list, { maxAgeMs: 2_000 });
 * const verifier = createVerifier({ issuer, audience, jwks, revocation });
 * ```
 *
 * Throws a `TypeError` for anything but a `RevocationList`, and for a `maxAgeMs` below 1. `now` is the time in epoch
 * milliseconds, default `Date.now()`.
 */
export function copyRevocationList(
  list: Pick<RevocationList, 'entries'>,
  options: { maxAgeMs?: number; now?: () => number } = {},
): Pick<RevocationList, 'has'> {
  checkKnown(options, { maxAgeMs: true, now: true });
  assertMembers('list', list, ['entries'], 'a RevocationList');
  const maxAgeMs = duration('maxAgeMs', options.maxAgeMs ?? 5_000, 1);
  const now = clock(options);
  let copy: Copy | undefined;
  let taking: Promise<void> | undefined;

  // Its age counts from before the list is asked: what is added meanwhile may be missing.
  async function take(): Promise<void> {
    const takenAt = now();
    const entries = await withTimeout(maxAgeMs, 'The revocation list', (async () => list.entries())());
    copy = { ids: new Set(entries.map(({ id }) => id)), takenAt };
  }

  function takeOnce(): Promise<void> {
    taking ??= take().finally(() => {
      taking = undefined;
    });
    return taking;
  }

  // A clock that was set back makes a copy no younger than it was.
  const isYounger = (limitMs: number): boolean => copy !== undefined && Math.abs(now() - copy.takenAt) < limitMs;

  return {
    async has(ids) {
      if (!isYounger(maxAgeMs)) await takeOnce();
      else if (!isYounger(maxAgeMs / 2)) takeOnce().catch(() => undefined);
      const listed = copy?.ids;
      if (listed === undefined || !isYounger(maxAgeMs)) {
        throw new Error(`The revocation list took longer than \`maxAgeMs\` (${maxAgeMs}) to answer.`);
      }
      return ids.some((id) => listed.has(id));
    },
  };
}

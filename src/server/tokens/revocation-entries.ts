import { UnavailableError } from '../errors.ts';
import type { RevocationList } from './revocation-list.ts';

// The largest `clockToleranceMs` that a verifier may have, and as much again for requests that are under way.
const MARGIN_MS = 60_000;

/** The id under which a session of an issuer is listed. */
export function sessionEntry(issuer: string, sid: string): string {
  return `sid ${sid} ${issuer}`;
}

/**
 * The id under which a token of an issuer is listed. Never the token or a hash of it: ECDSA has two signatures for each.
 */
export function tokenEntry(issuer: string, jti: string): string {
  return `jti ${jti} ${issuer}`;
}

/** How long an entry is needed for tokens that expire then: until no verifier takes them any more. */
export function neededUntil(expiresAt: number): number {
  return expiresAt + MARGIN_MS;
}

/** Lists the ids. Rejects with an {@link UnavailableError} if the list cannot be written. */
export async function addTo(list: RevocationList, ids: readonly string[], expiresAt: number): Promise<void> {
  try {
    await list.add(ids, expiresAt);
  } catch (cause) {
    throw new UnavailableError('The revocation list cannot be written.', { cause });
  }
}

/** Whether one of the ids is listed. Rejects with an {@link UnavailableError} if the list cannot be asked. */
export async function isListed(list: Pick<RevocationList, 'has'>, ids: readonly string[]): Promise<boolean> {
  try {
    const given: unknown = await list.has(ids);
    if (typeof given === 'boolean') return given;
  } catch (cause) {
    throw new UnavailableError('The revocation list cannot be asked.', { cause });
  }
  throw new UnavailableError('`has` of the revocation list must give `true` or `false`.');
}

import { base64url } from 'jose';

const encoder = new TextEncoder();

/**
 * Hash of an idempotency key, so that a session's record keeps as little of a long one as of a short one.
 *
 * No secret goes into it: while `refreshSecret` rolls over, a retry may come to a process with another one than the first
 * attempt, and has to be recognised. A key grants nothing without the refresh token that it came with.
 */
export async function hashKey(idempotencyKey: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', encoder.encode(idempotencyKey));
  return base64url.encode(new Uint8Array(digest));
}

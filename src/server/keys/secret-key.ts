import { base64url, type JWK } from 'jose';
import { kindOf, MisuseError } from '../errors.ts';
import { isCryptoKey } from './key-material.ts';

const MIN_BYTES = 32;
const HMAC = { name: 'HMAC', hash: 'SHA-256' };

/** A copy of an HS256 secret. Throws a `TypeError` for one that is too short, or for another purpose. */
export function soundSecret(secret: unknown): Uint8Array<ArrayBuffer> | CryptoKey {
  if (isCryptoKey(secret)) return soundSecretKey(secret);
  const bytes = bytesOf(secret);
  if (bytes !== undefined && bytes.length >= MIN_BYTES) return new Uint8Array(bytes);
  const found = bytes === undefined ? kindOf(secret) : `${bytes.length} bytes`;
  throw new MisuseError(
    `\`keys\`: an HS256 \`secret\` must be a Uint8Array of at least ${MIN_BYTES} bytes, or such a JWK; found ${found}. Make one with crypto.getRandomValues(new Uint8Array(32)), or with \`npx silent-refresh keygen --alg HS256\`.`,
  );
}

/** An HS256 secret, ready for use. Rejects as {@link soundSecret} throws. */
export async function importSecret(secret: unknown): Promise<CryptoKey> {
  const sound = soundSecret(secret);
  return isCryptoKey(sound) ? sound : crypto.subtle.importKey('raw', sound, HMAC, false, ['sign', 'verify']);
}

function soundSecretKey(key: CryptoKey): CryptoKey {
  const { name, hash, length = 0 } = key.algorithm as { name: string; hash?: { name?: string }; length?: number };
  const mayBoth = key.usages.includes('sign') && key.usages.includes('verify');
  if (name === 'HMAC' && hash?.name === 'SHA-256' && length >= 8 * MIN_BYTES && mayBoth) return key;
  throw new MisuseError(
    '`keys`: a CryptoKey as HS256 `secret` must be for HMAC with SHA-256, have at least 256 bits, and may both sign and verify.',
  );
}

function bytesOf(secret: unknown): Uint8Array | undefined {
  if (secret instanceof Uint8Array) return secret;
  const { kty, k } = Object(secret) as JWK;
  if (kty !== 'oct' || typeof k !== 'string') return undefined;
  try {
    return base64url.decode(k);
  } catch {
    return undefined;
  }
}

import { base64url } from 'jose';
import type { KeyAlgorithm } from './signing-keys.ts';
import type { CheckingKey } from './verification-key.ts';

/** What Web Crypto calls the algorithms. */
export const WEB_CRYPTO: Readonly<Record<KeyAlgorithm, { name: string; hash?: string }>> = {
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  Ed25519: { name: 'Ed25519' },
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
  HS256: { name: 'HMAC' },
};

const encoder = new TextEncoder();

/**
 * Whether a token in compact serialization has a good signature of this key. Looks at nothing else in it, the header
 * included. Never rejects.
 *
 * @see RFC 7515 section 5.2
 */
export async function isSignedWith({ alg, key }: CheckingKey, token: string): Promise<boolean> {
  const dot = token.lastIndexOf('.');
  try {
    const signature = new Uint8Array(base64url.decode(token.slice(dot + 1)));
    return await crypto.subtle.verify(WEB_CRYPTO[alg], key, signature, encoder.encode(token.slice(0, dot)));
  } catch {
    // Web Crypto may throw for bytes that can be no signature at all.
    return false;
  }
}

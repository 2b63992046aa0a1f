import { generateKeyPair } from 'jose';
import { randomId } from '../random-id.ts';

/**
 * A key that signs access tokens.
 *
 * `kid` is 1 to 64 of `A–Z a–z 0–9 _ -` and names the key in the token's header. A secret (HS256)
 * has at least 32 bytes from a random generator, and whoever can check tokens with it can make them.
 *
 * @see RFC 7518 section 3.1 (algorithms), RFC 8725 section 3.1 (one key, one algorithm)
 */
export type SigningKey =
  | {
      readonly kid: string;
      readonly alg: 'ES256' | 'Ed25519';
      readonly privateKey: CryptoKey;
      readonly publicKey: CryptoKey;
    }
  | { readonly kid: string; readonly alg: 'HS256'; readonly secret: Uint8Array };

/** A key that only checks access tokens. A {@link SigningKey} is one too. */
export type VerificationKey =
  | { readonly kid: string; readonly alg: 'ES256' | 'Ed25519'; readonly publicKey: CryptoKey }
  | { readonly kid: string; readonly alg: 'HS256'; readonly secret: Uint8Array };

/**
 * The keys of an authority.
 *
 * For a rollover, put a new key in `current` and the old one in `previous` until the last access
 * token signed with it has expired.
 */
export interface SigningKeys {
  readonly current: SigningKey;
  readonly previous?: readonly VerificationKey[];
}

/**
 * A fresh ES256 pair that lives in this process only; its private key cannot be exported.
 *
 * With several processes, or to outlive a restart, import one pair of your own instead.
 */
export async function generateSigningKeys(): Promise<SigningKeys> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  return { current: { kid: randomId(), alg: 'ES256', privateKey, publicKey } };
}

import { generateKeyPair, type JWK } from 'jose';
import { checkKnown } from '../option-values.ts';
import { randomId } from '../random-id.ts';

/**
 * The algorithms that access tokens are signed with. Each key serves one of them.
 *
 * @see RFC 7518 section 3.1, RFC 9864 (`Ed25519`), RFC 8725 section 3.1 (one key, one algorithm)
 */
export type KeyAlgorithm = PublicKeyAlgorithm | 'HS256';

/** Those whose signatures can be checked by a key that cannot make them. RS256 keys have at least 2048 bits. */
export type PublicKeyAlgorithm = 'ES256' | 'Ed25519' | 'RS256';

/**
 * A key as a `CryptoKey`, as a JWK, or as PEM: PKCS #8 (`BEGIN PRIVATE KEY`) for a private key, SPKI (`BEGIN PUBLIC KEY`)
 * for a public one. PEM may have `\n` in place of line breaks, as in `.env` files.
 */
export type KeyMaterial = CryptoKey | JWK | string;

/** What every key has. */
export interface NamedKey<Algorithm extends KeyAlgorithm> {
  /** Names the key in the header of a token: 1 to 64 of `A–Z a–z 0–9 _ -`, different for each key. */
  readonly kid: string;
  /** The one algorithm that the key is for. */
  readonly alg: Algorithm;
}

/** A secret that both signs and checks: whoever can check tokens with it can make them. */
export interface SecretKey extends NamedKey<'HS256'> {
  /** At least 32 bytes from a random generator; a JWK has `kty` `oct`, a `CryptoKey` is for HMAC with SHA-256. */
  readonly secret: Uint8Array | CryptoKey | JWK;
}

/** A key pair in this process. */
export interface PrivateKey extends NamedKey<PublicKeyAlgorithm> {
  /** Signs. */
  readonly privateKey: KeyMaterial;
  /** May be left out unless `privateKey` is a `CryptoKey` that cannot be exported. */
  readonly publicKey?: KeyMaterial | undefined;
}

/** Bytes that Web Crypto takes: `Uint8Array<ArrayBuffer>`, which was plain `Uint8Array` before TypeScript 5.7. */
export type OwnBytes = ReturnType<Uint8Array['slice']>;

/** A key pair whose private half is elsewhere: in a KMS or an HSM. */
export interface RemoteKey extends NamedKey<PublicKeyAlgorithm> {
  /** Checks what `sign` gives. */
  readonly publicKey: KeyMaterial;
  /**
   * Signs the bytes, which are not hashed yet. An ES256 signature may be the 64 bytes of a JWS, or DER as AWS and Google
   * give it. Each one is checked by `publicKey`. If it throws or rejects, the response is 503.
   */
  sign(bytes: OwnBytes): Uint8Array | Promise<Uint8Array>;
}

/** A key that signs access tokens. */
export type SigningKey = PrivateKey | RemoteKey | SecretKey;

/** A key that checks access tokens. A {@link SigningKey} is one too. */
export type VerificationKey = SigningKey | (NamedKey<PublicKeyAlgorithm> & { readonly publicKey: KeyMaterial });

/** The keys of an authority: `current` signs, and all of them check. See "Keys" in docs/server.md for the roll-over. */
export interface SigningKeys {
  /** Signs every new access token. */
  readonly current: SigningKey;
  /** Keys that will sign later: published ahead, so that verifiers know them by then. */
  readonly next?: readonly VerificationKey[] | undefined;
  /** Keys that have signed: needed until the last access token signed with them has expired. */
  readonly previous?: readonly VerificationKey[] | undefined;
}

const SECRET_BYTES = 32;
const RSA_BITS = 2048;

/**
 * Makes a key that lives in this process only, for tests and first steps. Default ES256, and it cannot be exported.
 *
 * With several processes, or to outlive a restart, make it `extractable`, keep what `exportSigningKeys` gives, and load it
 * by `importSigningKeys`; `npx silent-refresh keygen` does the first half.
 */
export async function generateSigningKeys(
  options: { alg?: KeyAlgorithm; extractable?: boolean } = {},
): Promise<SigningKeys> {
  checkKnown(options, { alg: true, extractable: true });
  const { alg = 'ES256', extractable = false } = options;
  const kid = randomId();
  if (alg === 'HS256') {
    return { current: { kid, alg, secret: crypto.getRandomValues(new Uint8Array(SECRET_BYTES)) } };
  }
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable, modulusLength: RSA_BITS });
  return { current: { kid, alg, privateKey, publicKey } };
}

import { kindOf, MisuseError } from '../errors.ts';
import { assertMaterial, importHalf, isCryptoKey, publicHalfOf } from './key-material.ts';
import { importSecret, soundSecret } from './secret-key.ts';
import type { KeyAlgorithm, VerificationKey } from './signing-keys.ts';

/** A key that is ready to check signatures, with the one algorithm it serves. */
export interface CheckingKey {
  readonly kid: string;
  readonly alg: KeyAlgorithm;
  readonly key: CryptoKey;
}

const KID = /^[A-Za-z0-9_-]{1,64}$/;
const ALGORITHMS: readonly unknown[] = ['ES256', 'Ed25519', 'RS256', 'HS256'];

/** Whether this may name a key; nothing else is ever looked up. */
export function isKid(kid: unknown): kid is string {
  return typeof kid === 'string' && KID.test(kid);
}

/** Whether an algorithm is one that we sign and check with. */
export function isKeyAlgorithm(alg: unknown): alg is KeyAlgorithm {
  return ALGORITHMS.includes(alg);
}

/**
 * The keys, each with an algorithm that it fits and a name of its own; secrets are copies, which nobody changes later.
 *
 * Throws a `TypeError` that names `keys` for any other.
 */
export function settledKeys(keys: readonly VerificationKey[]): readonly VerificationKey[] {
  const kids = new Set<string>();
  return keys.map((key) => {
    if (typeof key !== 'object' || key === null) {
      throw new MisuseError(`\`keys\`: a key must be an object with \`kid\` and \`alg\`; found ${kindOf(key)}.`);
    }
    const { kid } = key;
    if (!isKid(kid)) {
      throw new MisuseError(
        `\`keys\`: a \`kid\` must be 1 to 64 of A–Z, a–z, 0–9, \`_\` and \`-\`; found ${kindOf(kid)}.`,
      );
    }
    if (kids.has(kid)) throw new MisuseError('`keys`: two keys must not have the same `kid`.');
    kids.add(kid);
    // From JavaScript also `none` and whatever else a header could be made to say.
    if (!isKeyAlgorithm(key.alg)) {
      throw new MisuseError(`\`keys\`: \`alg\` must be ES256, Ed25519, RS256 or HS256; found ${kindOf(key.alg)}.`);
    }
    if (key.alg === 'HS256') return { kid, alg: key.alg, secret: soundSecret(key.secret) };
    assertPair(key);
    return key;
  });
}

function assertPair(key: Exclude<VerificationKey, { alg: 'HS256' }>): void {
  if ('privateKey' in key) assertMaterial(key.privateKey, key, 'private');
  if (key.publicKey !== undefined || !('privateKey' in key)) assertMaterial(key.publicKey, key, 'public');
  else if (isCryptoKey(key.privateKey) && !key.privateKey.extractable) {
    throw new MisuseError(
      `\`keys\`: give the \`publicKey\` of \`${key.kid}\` as well: a \`privateKey\` that is not extractable does not show it.`,
    );
  }
}

/** The key, imported. Rejects with a `TypeError` that names it if that is not possible. */
export async function importKey(key: VerificationKey): Promise<CheckingKey> {
  const { kid, alg } = key;
  if (key.alg === 'HS256') return { kid, alg, key: await importSecret(key.secret) };
  const publicKey = 'privateKey' in key ? (key.publicKey ?? (await publicHalfOf(key.privateKey, key))) : key.publicKey;
  return { kid, alg, key: await importHalf(publicKey, key, 'public', true) };
}

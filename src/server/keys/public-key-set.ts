import { exportJWK, type JSONWebKeySet, type JWK } from 'jose';
import { MisuseError } from '../errors.ts';
import { publicMembers } from './key-material.ts';
import type { CheckingKey } from './verification-key.ts';

/**
 * The keys as others may have them: public members alone, and no secret.
 *
 * Rejects with a `TypeError` that names a key whose `CryptoKey` cannot be exported.
 *
 * @see RFC 7517 section 5
 */
export async function publicKeySet(keys: readonly CheckingKey[]): Promise<JSONWebKeySet> {
  return { keys: await Promise.all(keys.filter(({ alg }) => alg !== 'HS256').map(publicJwk)) };
}

/** The public JWK of one key, which is not a secret. */
export async function publicJwk({ kid, alg, key }: CheckingKey): Promise<JWK> {
  if (!key.extractable) {
    throw new MisuseError(`\`keys\`: the \`publicKey\` of \`${kid}\` cannot be published: import it as extractable.`);
  }
  return { ...publicMembers(await exportJWK(key)), kid, alg, use: 'sig' };
}

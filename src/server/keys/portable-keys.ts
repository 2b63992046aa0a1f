import { base64url, exportJWK, type JWK } from 'jose';
import { kindOf, MisuseError } from '../errors.ts';
import { importHalf } from './key-material.ts';
import { allKeys } from './keyring.ts';
import { publicJwk } from './public-key-set.ts';
import { soundSecret } from './secret-key.ts';
import type { SigningKey, SigningKeys, VerificationKey } from './signing-keys.ts';
import { importKey, isKeyAlgorithm } from './verification-key.ts';

interface PortableKeys {
  readonly current: JWK;
  readonly next?: readonly JWK[];
  readonly previous?: readonly JWK[];
}

/**
 * The keys as one word of text, private halves included: keep it where your other secrets are.
 *
 * It is the base64url of JSON with a JWK for each key, so it needs no quotes in an `.env` file. Rejects with a `TypeError`
 * that names a key that cannot be exported: one that is not extractable, or whose private half is with a key service.
 *
 * ```ts
 * const text = await exportSigningKeys(await generateSigningKeys({ extractable: true }));
 * const keys = importSigningKeys(text);
 * ```
 */
export async function exportSigningKeys(keys: SigningKeys): Promise<string> {
  allKeys(keys);
  const { current, next = [], previous = [] } = keys;
  const portable: PortableKeys = {
    current: await privateJwk(current),
    next: await Promise.all(next.map(anyJwk)),
    previous: await Promise.all(previous.map(anyJwk)),
  };
  return base64url.encode(JSON.stringify(portable));
}

/**
 * The keys that `exportSigningKeys` or `npx silent-refresh keygen` has written. A single private JWK with `kid` and `alg`,
 * as JSON, is taken as `current`.
 *
 * Throws a `TypeError` that quotes nothing of the text if it is no such thing.
 *
 * ```ts
 * createAuthority({ keys: importSigningKeys(process.env.SIGNING_KEYS), … });
 * ```
 */
export function importSigningKeys(text: string | undefined): SigningKeys {
  const { current, next = [], previous = [] } = parse(text);
  if (![next, previous].every(Array.isArray)) throw unreadable('JSON whose `next` and `previous` are no lists');
  const keys = { current: keyOf(current) as SigningKey, next: next.map(keyOf), previous: previous.map(keyOf) };
  allKeys(keys);
  return keys;
}

async function privateJwk(key: SigningKey): Promise<JWK> {
  const { kid, alg } = key;
  if ('sign' in key) {
    throw new MisuseError(
      `The key \`${kid}\` cannot be exported: its private half is with the key service. Keep its \`kid\`, \`alg\` and \`publicKey\` in your configuration.`,
    );
  }
  if (key.alg === 'HS256') {
    return { ...(await exported(soundSecret(key.secret), kid)), kid, alg };
  }
  const { key_ops, ext, ...jwk } = await exported(await importHalf(key.privateKey, key, 'private', true), kid);
  return { ...jwk, kid, alg };
}

// Of a key that only checks, no more than that is kept.
async function anyJwk(key: VerificationKey): Promise<JWK> {
  if (key.alg !== 'HS256' && !('privateKey' in key)) return publicJwk(await importKey(key));
  return privateJwk(key);
}

async function exported(key: CryptoKey | Uint8Array, kid: string): Promise<JWK> {
  if (!(key instanceof Uint8Array) && !key.extractable) {
    throw new MisuseError(
      `The key \`${kid}\` cannot be exported, since it is not extractable. Make it by generateSigningKeys({ extractable: true }).`,
    );
  }
  return exportJWK(key);
}

function parse(text: unknown): PortableKeys {
  if (text === undefined) throw unreadable('undefined', ' Node reads an .env file only with --env-file=.env.');
  if (typeof text !== 'string' || text === '') throw unreadable(kindOf(text));
  const trimmed = text.trim();
  try {
    const json = trimmed.startsWith('{') ? trimmed : new TextDecoder().decode(base64url.decode(trimmed));
    const parsed = Object(JSON.parse(json)) as PortableKeys | JWK;
    return 'kty' in parsed ? { current: parsed as JWK } : (parsed as PortableKeys);
  } catch {
    // Without the cause, which may quote the text.
    throw unreadable('text that is not the whole of it');
  }
}

function keyOf(jwk: JWK): VerificationKey {
  const { kid = '', alg, d } = Object(jwk) as JWK;
  if (!isKeyAlgorithm(alg)) throw unreadable('a key without `alg` ES256, Ed25519, RS256 or HS256');
  if (alg === 'HS256') return { kid, alg, secret: jwk };
  return d === undefined ? { kid, alg, publicKey: jwk } : { kid, alg, privateKey: jwk };
}

function unreadable(found: string, more = ''): MisuseError {
  return new MisuseError(
    `importSigningKeys() takes the text that exportSigningKeys() or \`npx silent-refresh keygen\` gave; found ${found}. Is the variable set, and whole?${more}`,
  );
}

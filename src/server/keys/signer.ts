import { base64url, compactVerify } from 'jose';
import { kindOf, MisuseError, UnavailableError } from '../errors.ts';
import { joseSignature } from './ecdsa-signature.ts';
import { importHalf } from './key-material.ts';
import { WEB_CRYPTO } from './signature.ts';
import type { SigningKey } from './signing-keys.ts';
import type { CheckingKey } from './verification-key.ts';

/** Signs tokens with one key. */
export interface Signer {
  /** A JWT of these claims, with this type in its header. */
  sign(typ: string, claims: object): Promise<string>;
}

type SignBytes = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array | Promise<Uint8Array>;
type RemoteKey = Extract<SigningKey, { sign: unknown }>;

const encoder = new TextEncoder();

/**
 * Makes the signer of a key. Nothing that it signs is given away before `checking` has verified one of its signatures;
 * of a key service, each one, since the key behind it can be replaced at any time.
 *
 * Rejects with a `TypeError` that names the key if the two halves are no pair, which only their use can show. A key
 * service is not called here: it has to be reached for signing, not for checking.
 */
export async function createSigner(key: SigningKey, checking: CheckingKey): Promise<Signer> {
  if ('sign' in key) return remoteSigner(key, checking);
  const { kid, alg } = checking;
  const signingKey = key.alg === 'HS256' ? checking.key : await importHalf(key.privateKey, key, 'private', false);
  const signer = jwtSigner(
    checking,
    async (bytes) => new Uint8Array(await crypto.subtle.sign(WEB_CRYPTO[alg], signingKey, bytes)),
  );
  const advice = `\`publicKey\` and \`privateKey\` of the key \`${kid}\` are no pair. Import both from the same key.`;
  await assertVerifies(await signer.sign('JWT', {}), checking, advice);
  return signer;
}

function remoteSigner(key: RemoteKey, checking: CheckingKey): Signer {
  const { kid, alg } = checking;
  const advice = `a signature that \`sign\` of the key \`${kid}\` gave does not fit its \`publicKey\`: are they of one key, and does it sign for ${alg}, the bytes and not a hash of its own making?`;
  const signer = jwtSigner(checking, async (bytes) => {
    const given: unknown = await signedBy(key, bytes);
    if (!(given instanceof Uint8Array)) {
      throw new MisuseError(
        `\`keys\`: \`sign\` of the key \`${kid}\` must give a Uint8Array; it gave ${kindOf(given)}.`,
      );
    }
    return alg === 'ES256' ? joseSignature(given) : given;
  });
  return {
    async sign(typ, claims) {
      const token = await signer.sign(typ, claims);
      await assertVerifies(token, checking, advice);
      return token;
    },
  };
}

async function signedBy(key: RemoteKey, bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
  try {
    return await key.sign(bytes);
  } catch (cause) {
    throw new UnavailableError(`\`sign\` of the key \`${key.kid}\` failed.`, { cause });
  }
}

// RFC 7515 section 7.1
function jwtSigner({ kid, alg }: CheckingKey, signBytes: SignBytes): Signer {
  return {
    async sign(typ, claims) {
      const input = [{ alg, kid, typ }, claims].map((part) => base64url.encode(JSON.stringify(part))).join('.');
      return `${input}.${base64url.encode(await signBytes(encoder.encode(input)))}`;
    },
  };
}

async function assertVerifies(token: string, { alg, key }: CheckingKey, advice: string): Promise<void> {
  await compactVerify(token, key, { algorithms: [alg] }).catch((cause: unknown) => {
    throw new MisuseError(`\`keys\`: ${advice}`, { cause });
  });
}

import { base64url, compactVerify, SignJWT } from 'jose';
import { kindOf, MisuseError } from '../errors.ts';
import { joseSignature } from './ecdsa-signature.ts';
import { importHalf } from './key-material.ts';
import { importSecret } from './secret-key.ts';
import type { SigningKey } from './signing-keys.ts';
import type { CheckingKey } from './verification-key.ts';

/** Signs tokens with one key. */
export interface Signer {
  /** A JWT of these claims, with this type in its header. */
  sign(typ: string, claims: object): Promise<string>;
}

type RemoteKey = Extract<SigningKey, { sign: unknown }>;

const encoder = new TextEncoder();

/**
 * Makes the signer of a key. Nothing that it signs is given away before `checking` has verified one of its signatures.
 *
 * Rejects with a `TypeError` that names the key if the two halves are no pair, which only their use can show. A key
 * service is not called here: it has to be reached for signing, not for checking.
 */
export async function createSigner(key: SigningKey, checking: CheckingKey): Promise<Signer> {
  if ('sign' in key) return remoteSigner(key, checking);
  const { kid, alg } = checking;
  const signingKey =
    key.alg === 'HS256' ? importSecret(key.secret) : await importHalf(key.privateKey, key, 'private', false);
  const signer: Signer = {
    sign: (typ, claims) => new SignJWT({ ...claims }).setProtectedHeader({ alg, kid, typ }).sign(signingKey),
  };
  const advice = `\`publicKey\` and \`privateKey\` of the key \`${kid}\` are no pair. Import both from the same key.`;
  await assertVerifies(await signer.sign('JWT', {}), checking, advice);
  return signer;
}

function remoteSigner(key: RemoteKey, checking: CheckingKey): Signer {
  const { kid, alg } = checking;
  const advice = `a signature that \`sign\` of the key \`${kid}\` gave does not fit its \`publicKey\`: are they of one key, and does it sign for ${alg}, the bytes and not a hash of its own making?`;
  let isPair = false;
  return {
    async sign(typ, claims) {
      const input = [{ alg, kid, typ }, claims].map((part) => base64url.encode(JSON.stringify(part))).join('.');
      const given: unknown = await key.sign(encoder.encode(input));
      if (!(given instanceof Uint8Array)) {
        throw new MisuseError(
          `\`keys\`: \`sign\` of the key \`${kid}\` must give a Uint8Array; it gave ${kindOf(given)}.`,
        );
      }
      const token = `${input}.${base64url.encode(alg === 'ES256' ? joseSignature(given) : given)}`;
      if (!isPair) await assertVerifies(token, checking, advice);
      isPair = true;
      return token;
    },
  };
}

async function assertVerifies(token: string, { alg, key }: CheckingKey, advice: string): Promise<void> {
  await compactVerify(token, key, { algorithms: [alg] }).catch((cause: unknown) => {
    throw new MisuseError(`\`keys\`: ${advice}`, { cause });
  });
}

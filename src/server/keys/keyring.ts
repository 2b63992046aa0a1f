import { CompactSign, compactVerify } from 'jose';
import { MisuseError } from '../errors.ts';
import type { SigningKeys, VerificationKey } from './signing-keys.ts';

/** A key with the one algorithm it serves. */
interface RingKey {
  readonly kid: string;
  readonly alg: VerificationKey['alg'];
  readonly key: CryptoKey | Uint8Array;
}

/** The authority's keys after they were found sound: one to sign with, and those to check with. */
export interface Keyring {
  /**
   * The key to sign with. Rejects with a {@link MisuseError} that names the key if its two halves are no pair, which
   * only their use can show.
   */
  signing(): Promise<RingKey>;
  find(kid: string): RingKey | undefined;
}

const KID = /^[A-Za-z0-9_-]{1,64}$/;
const MIN_SECRET_BYTES = 32;

/** Throws a `TypeError` naming `keys` unless every key is of an allowed algorithm, fits it and has a name of its own. */
export function createKeyring(keys: SigningKeys): Keyring {
  if (!keys?.current) throw new TypeError('`keys` must have a `current` key.');
  const { current, previous = [] } = keys;
  const ring = new Map<string, RingKey>();
  for (const key of [current, ...previous]) {
    if (!KID.test(key.kid)) throw new TypeError('`keys`: a `kid` must be 1 to 64 of A–Z, a–z, 0–9, `_` and `-`.');
    if (ring.has(key.kid)) throw new TypeError('`keys`: two keys must not have the same `kid`.');
    ring.set(key.kid, { kid: key.kid, alg: key.alg, key: checkingKey(key) });
  }
  const signing = { kid: current.kid, alg: current.alg, key: signingKey(current) };
  let isPair = false;

  return {
    async signing() {
      if (!isPair) await assertPair(signing, ring.get(current.kid) ?? signing);
      isPair = true;
      return signing;
    },
    find: (kid) => ring.get(kid),
  };
}

async function assertPair({ kid, alg, key }: RingKey, checking: RingKey): Promise<void> {
  const signed = await new CompactSign(new Uint8Array(32)).setProtectedHeader({ alg }).sign(key);
  await compactVerify(signed, checking.key, { algorithms: [alg] }).catch((cause: unknown) => {
    throw new MisuseError(
      `\`keys\`: \`publicKey\` and \`privateKey\` of the key \`${kid}\` are no pair. Import both from the same key.`,
      { cause },
    );
  });
}

function checkingKey(key: VerificationKey): CryptoKey | Uint8Array {
  switch (key.alg) {
    case 'HS256':
      return soundSecret(key.secret);
    case 'ES256':
    case 'Ed25519':
      return fitting(key.publicKey, key.alg, 'public', 'verify');
    default:
      // Reached from JavaScript only: `none`, RSA and whatever else a header could be made to say.
      throw new TypeError('`keys`: `alg` must be ES256, Ed25519 or HS256.');
  }
}

function signingKey(key: SigningKeys['current']): CryptoKey | Uint8Array {
  return key.alg === 'HS256' ? soundSecret(key.secret) : fitting(key.privateKey, key.alg, 'private', 'sign');
}

function soundSecret(secret: Uint8Array): Uint8Array {
  if (!(secret instanceof Uint8Array) || secret.length < MIN_SECRET_BYTES) {
    throw new TypeError('`keys`: an HS256 `secret` must be a Uint8Array of at least 32 bytes.');
  }
  return new Uint8Array(secret);
}

function fitting(key: CryptoKey, alg: 'ES256' | 'Ed25519', type: KeyType, usage: KeyUsage): CryptoKey {
  const algorithm: { name?: string; namedCurve?: string } = key?.algorithm ?? {};
  const fits =
    alg === 'ES256' ? algorithm.name === 'ECDSA' && algorithm.namedCurve === 'P-256' : algorithm.name === alg;
  if (!fits || key.type !== type || !key.usages.includes(usage)) {
    throw new TypeError(
      `\`keys\`: an ${alg} \`${type}Key\` must be a ${type} CryptoKey of that algorithm that may ${usage}.`,
    );
  }
  return key;
}

import { exportJWK, importJWK, importPKCS8, importSPKI, type JWK } from 'jose';
import { kindOf, MisuseError } from '../errors.ts';
import type { KeyMaterial, PublicKeyAlgorithm } from './signing-keys.ts';

/** The half of a key pair that is meant. */
export type Half = 'private' | 'public';

/** What a key is called, and what it is for. */
interface Name {
  readonly kid: string;
  readonly alg: PublicKeyAlgorithm;
}

const MIN_RSA_BITS = 2048;
const PEM = {
  private: { label: 'PRIVATE KEY', conversion: 'openssl pkcs8 -topk8 -nocrypt -in key.pem' },
  public: { label: 'PUBLIC KEY', conversion: 'openssl pkey -pubout -in key.pem' },
};
const JWK_MEMBERS: Readonly<Record<PublicKeyAlgorithm, { kty: string; crv?: string }>> = {
  ES256: { kty: 'EC', crv: 'P-256' },
  Ed25519: { kty: 'OKP', crv: 'Ed25519' },
  RS256: { kty: 'RSA' },
};

export function isCryptoKey(value: unknown): value is CryptoKey {
  return Object.prototype.toString.call(value) === '[object CryptoKey]';
}

/** Throws a `TypeError` for whatever shows to be wrong with a key before it is imported. */
export function assertMaterial(material: unknown, name: Name, half: Half): void {
  if (isCryptoKey(material)) assertFits(material, name, half);
  else if (typeof material === 'string') assertPem(material, name, half);
  else assertJwk(material, name, half);
}

/** The key, ready for use. Rejects with a `TypeError` that names it unless it fits its algorithm. */
export async function importHalf(
  material: KeyMaterial,
  name: Name,
  half: Half,
  extractable: boolean,
): Promise<CryptoKey> {
  if (isCryptoKey(material)) return material;
  const key = await imported(material, name.alg, half, extractable).catch((cause: unknown) => {
    throw new MisuseError(`\`keys\`: the ${half} key of \`${name.kid}\` cannot be read as one for ${name.alg}.`, {
      cause,
    });
  });
  assertFits(key, name, half);
  return key;
}

function imported(
  material: JWK | string,
  alg: PublicKeyAlgorithm,
  half: Half,
  extractable: boolean,
): Promise<CryptoKey> {
  if (typeof material === 'string') {
    // Environment variables have no line breaks.
    const pem = material.replaceAll('\\n', '\n').trim();
    return (half === 'private' ? importPKCS8 : importSPKI)(pem, alg, { extractable });
  }
  const { d, p, q, dp, dq, qi } = material;
  const jwk =
    half === 'public' ? publicMembers(material) : { ...publicMembers(material), ...given({ d, p, q, dp, dq, qi }) };
  return importJWK(jwk, alg, { extractable }) as Promise<CryptoKey>;
}

/** The public half that a private key has in it. */
export async function publicHalfOf(privateKey: KeyMaterial, name: Name): Promise<JWK> {
  return publicMembers(await exportJWK(await importHalf(privateKey, name, 'private', true)));
}

/** A JWK of an asymmetric key without its private members, and without what it says about its own use. */
export function publicMembers({ kty, crv, x, y, n, e }: JWK): JWK {
  return { kty, ...given({ crv, x, y, n, e }) } as JWK;
}

function given(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function assertPem(pem: string, { kid }: Name, half: Half): void {
  const [, label] = /^\s*-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(pem) ?? [];
  const { label: expected, conversion } = PEM[half];
  if (label === expected) return;
  const found = label === undefined ? 'text that does not begin so' : `BEGIN ${label}`;
  throw new MisuseError(
    `\`keys\`: the ${half} key of \`${kid}\`, as PEM, must begin with BEGIN ${expected}; found ${found}. \`${conversion}\` writes it.`,
  );
}

function assertJwk(material: unknown, { kid, alg }: Name, half: Half): void {
  if (typeof material !== 'object' || material === null || Array.isArray(material)) {
    const found = kindOf(material);
    throw new MisuseError(
      `\`keys\`: the \`${half}Key\` of \`${kid}\` must be a CryptoKey, a JWK or PEM text; found ${found}.`,
    );
  }
  const jwk = material as JWK;
  const { kty, crv } = JWK_MEMBERS[alg];
  if (jwk.kty !== kty || (crv !== undefined && jwk.crv !== crv)) {
    const expected = crv === undefined ? `\`kty\` ${kty}` : `\`kty\` ${kty} and \`crv\` ${crv}`;
    throw new MisuseError(`\`keys\`: the \`${half}Key\` of \`${kid}\`, as a JWK for ${alg}, must have ${expected}.`);
  }
  // RFC 8037 has EdDSA for what RFC 9864 calls Ed25519.
  if (jwk.alg !== undefined && jwk.alg !== alg && !(jwk.alg === 'EdDSA' && alg === 'Ed25519')) {
    throw new MisuseError(
      `\`keys\`: the JWK of \`${kid}\` has another \`alg\` than the key (${alg}). One key serves one algorithm.`,
    );
  }
  if (half === 'private' && typeof jwk.d !== 'string') {
    throw new MisuseError(`\`keys\`: the \`privateKey\` of \`${kid}\` is the JWK of a public key: it has no \`d\`.`);
  }
}

function assertFits({ algorithm, type, usages }: CryptoKey, { kid, alg }: Name, half: Half): void {
  const {
    name,
    namedCurve,
    hash,
    modulusLength = 0,
  } = algorithm as {
    name: string;
    namedCurve?: string;
    hash?: { name?: string };
    modulusLength?: number;
  };
  const fits: Readonly<Record<PublicKeyAlgorithm, boolean>> = {
    ES256: name === 'ECDSA' && namedCurve === 'P-256',
    Ed25519: name === 'Ed25519',
    RS256: name === 'RSASSA-PKCS1-v1_5' && hash?.name === 'SHA-256',
  };
  const usage = half === 'private' ? 'sign' : 'verify';
  if (!fits[alg] || type !== half || !usages.includes(usage)) {
    throw new MisuseError(
      `\`keys\`: an ${alg} \`${half}Key\` must be a ${half} CryptoKey of that algorithm that may ${usage}.`,
    );
  }
  if (alg === 'RS256' && modulusLength < MIN_RSA_BITS) {
    throw new MisuseError(
      `\`keys\`: the RS256 key \`${kid}\` must have at least ${MIN_RSA_BITS} bits; it has ${modulusLength}. Make one with \`npx silent-refresh keygen --alg RS256\`.`,
    );
  }
}

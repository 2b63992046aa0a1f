import { base64url } from 'jose';

/** The parts of a refresh token. */
interface TokenParts {
  readonly sid: string;
  readonly generation: number;
}

/** An authentic refresh token, and what writes further ones of its session. */
export interface RefreshToken extends TokenParts {
  readonly signer: SessionSigner;
}

/** Writes in the name of one session. Its key is derived when it is first needed, and once. */
export interface SessionSigner {
  /** The refresh token of a generation, to be kept beside `binder`. */
  write(generation: number, binder: string): Promise<string>;
  /** Hash of an idempotency key, different in each session. */
  hashKey(key: string): Promise<string>;
}

/**
 * Writes and reads refresh tokens: `sid.generation.tag`.
 *
 * The tag is an HMAC under a key of the session's own, derived from the master secret, so a token can
 * be written again at any time and none needs to be kept. Where there is a binder (the value of a
 * second cookie), the tag covers it: a token is authentic only beside its binder.
 */
export interface RefreshTokens {
  signerOf(sid: string): SessionSigner;
  /** The token, or `undefined` unless every bit of it is ours. Compares in constant time. */
  read(value: string, binder: string): Promise<RefreshToken | undefined>;
}

// The tag's last character has two spare bits, which decoders overlook: only the spelling with zeros is ours.
const FORMAT = /^([A-Za-z0-9_-]{22})\.([1-9][0-9]{0,14})\.([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])$/;
const HMAC = { name: 'HMAC', hash: 'SHA-256' };
const encoder = new TextEncoder();

export function createRefreshTokens(secret: Uint8Array): RefreshTokens {
  const bytes = new Uint8Array(secret);
  let master: Promise<CryptoKey> | undefined;

  async function deriveKey(sid: string): Promise<CryptoKey> {
    master ??= crypto.subtle.importKey('raw', bytes, HMAC, false, ['sign']);
    const derived = await crypto.subtle.sign('HMAC', await master, encoder.encode(`session ${sid}`));
    return crypto.subtle.importKey('raw', derived, HMAC, false, ['sign', 'verify']);
  }

  const signerWith = (sid: string, key: () => Promise<CryptoKey>): SessionSigner => ({
    async write(generation, binder) {
      const tag = await crypto.subtle.sign('HMAC', await key(), message({ sid, generation }, binder));
      return `${sid}.${generation}.${base64url.encode(new Uint8Array(tag))}`;
    },
    async hashKey(idempotencyKey) {
      const hash = await crypto.subtle.sign('HMAC', await key(), encoder.encode(`key ${idempotencyKey}`));
      return base64url.encode(new Uint8Array(hash));
    },
  });

  function keyOf(sid: string): () => Promise<CryptoKey> {
    let key: Promise<CryptoKey> | undefined;
    return () => {
      key ??= deriveKey(sid);
      return key;
    };
  }

  return {
    signerOf: (sid) => signerWith(sid, keyOf(sid)),
    async read(value, binder) {
      const [, sid, generation, tag] = FORMAT.exec(value) ?? [];
      if (sid === undefined || generation === undefined || tag === undefined) return undefined;
      const key = keyOf(sid);
      const parts: TokenParts = { sid, generation: Number(generation) };
      const signature = new Uint8Array(base64url.decode(tag));
      const isAuthentic = await crypto.subtle.verify('HMAC', await key(), signature, message(parts, binder));
      return isAuthentic ? { ...parts, signer: signerWith(sid, key) } : undefined;
    },
  };
}

function message({ sid, generation }: TokenParts, binder: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`refresh ${sid} ${generation} ${binder}`);
}

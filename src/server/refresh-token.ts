import { base64url } from 'jose';

/** The parts of an authentic refresh token. */
export interface RefreshToken {
  readonly sid: string;
  readonly generation: number;
}

/**
 * Writes and reads refresh tokens: `sid.generation.tag`.
 *
 * The tag is an HMAC under a key of the family's own, derived from the master secret, so a token can
 * be written again at any time and none needs to be kept. Where there is a binder (the value of a
 * second cookie), the tag covers it: a token is authentic only beside its binder.
 */
export interface RefreshTokens {
  write(token: RefreshToken, binder: string): Promise<string>;
  /** The token's parts, or `undefined` unless every bit of it is ours. Compares in constant time. */
  read(value: string, binder: string): Promise<RefreshToken | undefined>;
  /** Hash of an idempotency key, different in each family. */
  hashKey(sid: string, key: string): Promise<string>;
}

// The tag's last character has two spare bits, which decoders overlook: only the spelling with zeros is ours.
const FORMAT = /^([A-Za-z0-9_-]{22})\.([1-9][0-9]{0,14})\.([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])$/;
const HMAC = { name: 'HMAC', hash: 'SHA-256' };

export function createRefreshTokens(secret: Uint8Array): RefreshTokens {
  const bytes = new Uint8Array(secret);
  const encoder = new TextEncoder();
  let master: Promise<CryptoKey> | undefined;

  async function familyKey(sid: string): Promise<CryptoKey> {
    master ??= crypto.subtle.importKey('raw', bytes, HMAC, false, ['sign']);
    const derived = await crypto.subtle.sign('HMAC', await master, encoder.encode(`family ${sid}`));
    return crypto.subtle.importKey('raw', derived, HMAC, false, ['sign', 'verify']);
  }

  const message = ({ sid, generation }: RefreshToken, binder: string): Uint8Array<ArrayBuffer> =>
    encoder.encode(`refresh ${sid} ${generation} ${binder}`);

  return {
    async write(token, binder) {
      const tag = await crypto.subtle.sign('HMAC', await familyKey(token.sid), message(token, binder));
      return `${token.sid}.${token.generation}.${base64url.encode(new Uint8Array(tag))}`;
    },
    async read(value, binder) {
      const [, sid, generation, tag] = FORMAT.exec(value) ?? [];
      if (sid === undefined || generation === undefined || tag === undefined) return undefined;
      const token: RefreshToken = { sid, generation: Number(generation) };
      const signature = new Uint8Array(base64url.decode(tag));
      const authentic = await crypto.subtle.verify('HMAC', await familyKey(sid), signature, message(token, binder));
      return authentic ? token : undefined;
    },
    async hashKey(sid, key) {
      const hash = await crypto.subtle.sign('HMAC', await familyKey(sid), encoder.encode(`key ${key}`));
      return base64url.encode(new Uint8Array(hash));
    },
  };
}

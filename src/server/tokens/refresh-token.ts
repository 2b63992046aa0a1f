import { base64url } from 'jose';
import type { MacKeys } from './mac-keys.ts';

/** The parts of a refresh token. */
interface TokenParts {
  readonly sid: string;
  readonly generation: number;
}

/** An authentic refresh token, and what writes further ones of its session. */
export interface RefreshToken extends TokenParts {
  readonly signer: SessionSigner;
}

/** Writes in the name of one session. */
export interface SessionSigner {
  /** The refresh token of a generation, to be kept beside `binder`. */
  write(generation: number, binder: string): Promise<string>;
}

/**
 * Writes and reads refresh tokens: `sid.generation.tag`.
 *
 * The tag is an HMAC of the rest, so a token can be written again at any time and none needs to be kept. It covers the
 * issuer, so that a token is good for no other authority with the same secret and store, and the binder (the value of a
 * second cookie) if there is one: a token is authentic only beside its binder.
 */
export interface RefreshTokens {
  signerOf(sid: string): SessionSigner;
  /** The token, or `undefined` unless every bit of it is ours. Compares in constant time. */
  read(value: string, binder: string): Promise<RefreshToken | undefined>;
}

// The tag's last character has two spare bits, which decoders overlook: only the spelling with zeros is ours.
const FORMAT = /^([A-Za-z0-9_-]{22})\.([1-9][0-9]{0,14})\.([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])$/;

export function createRefreshTokens(keys: MacKeys, issuer: string): RefreshTokens {
  const [current] = keys;
  // With its length in front, there is one way to read it: nothing before it has a space in it.
  const message = ({ sid, generation }: TokenParts, binder: string): string =>
    `refresh ${sid} ${generation} ${issuer.length} ${issuer} ${binder}`;

  // Signed with the current secret, whichever the token that was presented is signed with.
  const signerOf = (sid: string): SessionSigner => ({
    async write(generation, binder) {
      const tag = await current.sign(message({ sid, generation }, binder));
      return `${sid}.${generation}.${base64url.encode(tag)}`;
    },
  });

  return {
    signerOf,
    async read(value, binder) {
      const [, sid, generation, tag] = FORMAT.exec(value) ?? [];
      if (sid === undefined || generation === undefined || tag === undefined) return undefined;
      const parts: TokenParts = { sid, generation: Number(generation) };
      const signature = new Uint8Array(base64url.decode(tag));
      for (const key of keys) {
        if (await key.verify(signature, message(parts, binder))) return { ...parts, signer: signerOf(sid) };
      }
      return undefined;
    },
  };
}

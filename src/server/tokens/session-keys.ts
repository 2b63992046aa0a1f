import { kindOf } from '../errors.ts';

/** A key of one session's own, which signs and checks what names the session. */
export interface SessionKey {
  sign(message: string): Promise<Uint8Array>;
  /** Compares in constant time. */
  verify(tag: Uint8Array<ArrayBuffer>, message: string): Promise<boolean>;
}

/** The keys of a session, the current one first, then one for each previous secret; each is derived when it is first used. */
export type SessionKeysOf = (sid: string) => readonly [SessionKey, ...SessionKey[]];

const HMAC = { name: 'HMAC', hash: 'SHA-256' };
const encoder = new TextEncoder();

/** The master secrets; see `AuthorityOptions` for what they promise. */
interface Secrets {
  readonly refreshSecret: Uint8Array;
  readonly previousRefreshSecrets?: readonly Uint8Array[] | undefined;
}

const MIN_BYTES = 32;
// A token that is not authentic costs two HMACs for each secret.
const MAX_PREVIOUS = 4;

/**
 * Derives the keys of sessions from the master secrets, so that no session's key has to be kept.
 *
 * Throws a `TypeError` that names the option for secrets that are too short or too many.
 */
export function createSessionKeys({ refreshSecret, previousRefreshSecrets = [] }: Secrets): SessionKeysOf {
  if (!Array.isArray(previousRefreshSecrets) || previousRefreshSecrets.length > MAX_PREVIOUS) {
    throw new TypeError(`\`previousRefreshSecrets\` must be a list of at most ${MAX_PREVIOUS} secrets.`);
  }
  const current = createDerivation('refreshSecret', refreshSecret);
  const previous = previousRefreshSecrets.map((secret) => createDerivation('previousRefreshSecrets', secret));
  return (sid) => [sessionKey(() => current(sid)), ...previous.map((derive) => sessionKey(() => derive(sid)))];
}

function createDerivation(option: string, secret: Uint8Array): (sid: string) => Promise<CryptoKey> {
  if (!(secret instanceof Uint8Array) || secret.length < MIN_BYTES) {
    const found = secret instanceof Uint8Array ? `${secret.length} bytes` : kindOf(secret);
    throw new TypeError(
      `\`${option}\`: a secret must be a Uint8Array of at least ${MIN_BYTES} bytes; found ${found}. \`npx silent-refresh keygen\` makes one, and Buffer.from(text, 'base64url') reads it.`,
    );
  }
  const bytes = new Uint8Array(secret);
  let master: Promise<CryptoKey> | undefined;
  return async (sid) => {
    master ??= crypto.subtle.importKey('raw', bytes, HMAC, false, ['sign']);
    const derived = await crypto.subtle.sign('HMAC', await master, encoder.encode(`session ${sid}`));
    return crypto.subtle.importKey('raw', derived, HMAC, false, ['sign', 'verify']);
  };
}

function sessionKey(derive: () => Promise<CryptoKey>): SessionKey {
  let derived: Promise<CryptoKey> | undefined;
  function key(): Promise<CryptoKey> {
    derived ??= derive();
    return derived;
  }
  return {
    sign: async (message) => new Uint8Array(await crypto.subtle.sign('HMAC', await key(), encoder.encode(message))),
    verify: async (tag, message) => crypto.subtle.verify('HMAC', await key(), tag, encoder.encode(message)),
  };
}

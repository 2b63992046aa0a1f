import { kindOf } from '../errors.ts';

/** Signs and checks short messages with one of the authority's secrets. */
interface MacKey {
  sign(message: string): Promise<Uint8Array>;
  /** Compares in constant time. */
  verify(tag: Uint8Array<ArrayBuffer>, message: string): Promise<boolean>;
}

/** The key that signs, and then those that only check. What is signed for one purpose begins with a word of its own. */
export type MacKeys = readonly [MacKey, ...MacKey[]];

/** The secrets; see `AuthorityOptions` for what they promise. */
interface Secrets {
  readonly refreshSecret: Uint8Array;
  readonly previousRefreshSecrets?: readonly Uint8Array[] | undefined;
}

const HMAC = { name: 'HMAC', hash: 'SHA-256' };
const MIN_BYTES = 32;
// A token that is not authentic costs an HMAC for each secret.
const MAX_PREVIOUS = 4;
const encoder = new TextEncoder();

/** Makes the keys of an authority. Throws a `TypeError` that names the option for secrets that are too short or too many. */
export function createMacKeys({ refreshSecret, previousRefreshSecrets = [] }: Secrets): MacKeys {
  if (!Array.isArray(previousRefreshSecrets) || previousRefreshSecrets.length > MAX_PREVIOUS) {
    const found = Array.isArray(previousRefreshSecrets)
      ? `a list of ${previousRefreshSecrets.length}`
      : kindOf(previousRefreshSecrets);
    throw new TypeError(
      `\`previousRefreshSecrets\` must be a list of at most ${MAX_PREVIOUS} secrets; found ${found}.`,
    );
  }
  const previous = previousRefreshSecrets.map((secret) => createMacKey('previousRefreshSecrets', secret));
  return [createMacKey('refreshSecret', refreshSecret), ...previous];
}

function createMacKey(option: string, secret: unknown): MacKey {
  if (!(secret instanceof Uint8Array) || secret.length < MIN_BYTES) {
    const found = secret instanceof Uint8Array ? `${secret.length} bytes` : kindOf(secret);
    throw new TypeError(
      `\`${option}\`: a secret must be a Uint8Array of at least ${MIN_BYTES} bytes; found ${found}. \`npx silent-refresh keygen\` makes one, and Buffer.from(text, 'base64url') reads it.`,
    );
  }
  const bytes = new Uint8Array(secret);
  let imported: Promise<CryptoKey> | undefined;
  function key(): Promise<CryptoKey> {
    imported ??= crypto.subtle.importKey('raw', bytes, HMAC, false, ['sign', 'verify']);
    return imported;
  }
  return {
    sign: async (message) => new Uint8Array(await crypto.subtle.sign('HMAC', await key(), encoder.encode(message))),
    verify: async (tag, message) => crypto.subtle.verify('HMAC', await key(), tag, encoder.encode(message)),
  };
}

import type { JSONWebKeySet } from 'jose';
import { kindOf, MisuseError } from '../errors.ts';
import { checkKnown } from '../option-values.ts';
import { once } from '../promises/once.ts';
import { createLocalKeys } from './local-keys.ts';
import { publicKeySet } from './public-key-set.ts';
import { createSigner, type Signer } from './signer.ts';
import type { SigningKey, SigningKeys, VerificationKey } from './signing-keys.ts';
import { type CheckingKey, importKey, settledKeys } from './verification-key.ts';

/**
 * The authority's keys: one to sign with, and those to check with.
 *
 * They are imported when they are first needed; each member rejects with a `TypeError` that names a key that turns out to
 * be unusable then.
 */
export interface Keyring {
  signer(): Promise<Signer>;
  find(kid: string): Promise<CheckingKey | undefined>;
  /** Whether the key to sign with has a public half. */
  readonly isPublic: boolean;
  /** The public halves of all keys, to be published. */
  publicKeys(): Promise<JSONWebKeySet>;
}

/** Throws a `TypeError` naming `keys` unless every key is of an allowed algorithm, fits it and has a name of its own. */
export function createKeyring(keys: SigningKeys | undefined): Keyring {
  const all = allKeys(keys);
  const current = all[0] as SigningKey;
  if (!('sign' in current || 'privateKey' in current || current.alg === 'HS256')) {
    throw new MisuseError('`keys`: the `current` key must be able to sign: it needs a `privateKey`, or `sign`.');
  }
  // The signer before anything is checked, too: with halves that are no pair, every token would look like a forgery.
  const load = once(async () => {
    const keys = await Promise.all(all.map(importKey));
    return { keys, signer: await createSigner(current, keys[0] as CheckingKey) };
  });

  return {
    isPublic: current.alg !== 'HS256',
    signer: async () => (await load()).signer,
    find: createLocalKeys(async () => (await load()).keys),
    publicKeys: async () => publicKeySet((await load()).keys),
  };
}

/** All keys, the current one first. Throws a `TypeError` naming `keys` for anything that cannot be right. */
export function allKeys(keys: SigningKeys | undefined): readonly VerificationKey[] {
  if (typeof keys !== 'object' || keys === null || typeof keys.current !== 'object' || keys.current === null) {
    throw new MisuseError(`\`keys\` must be an object with a \`current\` key; found ${kindOf(keys?.current ?? keys)}.`);
  }
  checkKnown(keys, { current: true, next: true, previous: true }, 'keys.');
  const { current, next = [], previous = [] } = keys;
  for (const [name, list] of Object.entries({ next, previous })) {
    if (!Array.isArray(list))
      throw new MisuseError(`\`keys\`: \`${name}\` must be a list of keys; found ${kindOf(list)}.`);
  }
  return settledKeys([current, ...next, ...previous]);
}

import { kindOf } from '../errors.ts';
import { createEmitter } from '../events.ts';
import { allKeys } from '../keys/keyring.ts';
import { createLocalKeys } from '../keys/local-keys.ts';
import { createRemoteKeys, type RemoteKeys } from '../keys/remote-keys.ts';
import type { KeyAlgorithm, PublicKeyAlgorithm, SigningKeys, VerificationKey } from '../keys/signing-keys.ts';
import { importKey, isKeyAlgorithm, settledKeys } from '../keys/verification-key.ts';
import { createConsoleListener } from '../logging/console-listener.ts';
import {
  assertFunction,
  assertList,
  assertMembers,
  checkKnown,
  clock,
  duration,
  eventTime,
  type Names,
  text,
} from '../option-values.ts';
import { type Check, createBearerGuard, type GuardEvent, type Verifier } from './bearer-guard.ts';
import { createJwtCheck, type FindKey } from './jwt-check.ts';
import { isListed, sessionEntry, tokenEntry } from './revocation-entries.ts';
import type { RevocationList } from './revocation-list.ts';

/** Options of `createVerifier`. All durations are in milliseconds. */
export interface VerifierOptions {
  /** `iss` of the tokens: the `issuer` of the authority. */
  readonly issuer: string;
  /** `aud` of the tokens: the `audience` of the authority. */
  readonly audience: string;
  /** Where the authority publishes its keys (`paths.jwks`); https, or http on loopback. Give this or `keys`. */
  readonly jwks?: string | URL | RemoteKeys;
  /** The keys themselves: public ones, or an HS256 secret that is shared with the authority. */
  readonly keys?: readonly VerificationKey[] | SigningKeys;
  /** The algorithms that are accepted. Default: those of `keys`; with `jwks` ES256, Ed25519 and RS256. */
  readonly algorithms?: readonly KeyAlgorithm[];
  /** How far the clocks of authority and verifier may differ. Default 5 000, at most 30 000. */
  readonly clockToleranceMs?: number;
  /** Claims that have to be there beside `iss`, `aud`, `exp`, `iat`, `sub`, `jti` and `sid`. */
  readonly requiredClaims?: readonly string[];
  /** Where ended sessions and revoked tokens are listed, or a copy of that list. Without it they live until they expire. */
  readonly revocation?: Pick<RevocationList, 'has'>;
  /** The time as epoch milliseconds. Default `Date.now()`. */
  now?(): number;
  /** Called with refusals and failures, as the authority's `onEvent`. Without it, they go to the console, each kind once. */
  onEvent?(event: GuardEvent): void;
}

const OPTIONS: Names<VerifierOptions> = {
  issuer: true,
  audience: true,
  jwks: true,
  keys: true,
  algorithms: true,
  clockToleranceMs: true,
  requiredClaims: true,
  revocation: true,
  now: true,
  onEvent: true,
};

/**
 * Makes a check of access tokens for servers that are not the authority: by its keys alone, so that nobody is asked.
 *
 * It does not see a session end: a token stays good until it expires, unless `revocation` says otherwise. Where tokens are
 * checked in this way, the authority needs `statelessAccess` (or `paths.jwks`, which sets it).
 *
 * Throws a `TypeError` that names the option for options that cannot be right.
 *
 * ```ts
 * const verifier = createVerifier({
 *   issuer: 'https://app.example.com',
 *   audience: 'https://app.example.com/api',
 *   jwks: 'https://app.example.com/.well-known/jwks.json',
 * });
 * const claims = await verifier.guard(request);
 * if (claims instanceof Response) return claims;
 * ```
 */
export function createVerifier(options: VerifierOptions): Verifier {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`createVerifier() takes an object of options; found ${kindOf(options)}.`);
  }
  checkKnown(options, OPTIONS);
  const { revocation, requiredClaims = [], onEvent } = options;
  const now = clock(options);
  const expected = {
    issuer: text('issuer', options.issuer),
    audience: text('audience', options.audience),
    clockToleranceMs: duration('clockToleranceMs', options.clockToleranceMs ?? 5_000, 0, 30_000),
    requiredClaims,
  };
  assertList('requiredClaims', requiredClaims, 'names of claims', (claim) => typeof claim === 'string' && claim !== '');
  if (revocation !== undefined) assertMembers('revocation', revocation, ['has'], 'a RevocationList, or a copy of one');
  if (onEvent !== undefined) assertFunction('onEvent', onEvent);
  const checkJwt = createJwtCheck(createKeyFinder(options), expected);

  async function check(token: string): Promise<Check> {
    const reading = await checkJwt(token, now());
    if (revocation === undefined || 'refused' in reading) return reading;
    const { iss, jti, sid, sub } = reading.claims;
    const isRevoked = await isListed(revocation, [sessionEntry(iss, sid), tokenEntry(iss, jti)]);
    return isRevoked ? { refused: 'revoked', sid, userId: sub } : reading;
  }

  return createBearerGuard({
    check,
    failedAt: () => eventTime(now),
    emit: createEmitter(onEvent ? (event) => options.onEvent?.(event as GuardEvent) : createConsoleListener()),
  });
}

const PUBLIC_KEY_ALGORITHMS: readonly KeyAlgorithm[] = ['ES256', 'Ed25519', 'RS256'];

function isAddress(jwks: VerifierOptions['jwks']): jwks is string | URL {
  return typeof jwks !== 'object' || jwks instanceof URL;
}

function createKeyFinder({ jwks, keys, algorithms }: VerifierOptions): FindKey {
  if ((jwks === undefined) === (keys === undefined)) {
    throw new TypeError(`Give either \`jwks\` or \`keys\`; found ${jwks === undefined ? 'neither' : 'both'}.`);
  }
  if (algorithms !== undefined) {
    assertList('algorithms', algorithms, 'some of ES256, Ed25519, RS256 and HS256', isKeyAlgorithm, 1);
  }
  if (keys !== undefined) {
    const all = Array.isArray(keys) ? settledKeys(keys) : allKeys(keys as SigningKeys);
    const accepted = all.filter(({ alg }) => algorithms?.includes(alg) ?? true);
    if (accepted.length === 0) {
      const expected = algorithms === undefined ? 'one key' : `one key for ${algorithms.join(' or ')} (\`algorithms\`)`;
      const found = all.map(({ alg }) => alg).join(', ') || 'none';
      throw new TypeError(`\`keys\` must have at least ${expected}, or every token would be refused; found ${found}.`);
    }
    const find = createLocalKeys(() => Promise.all(accepted.map(importKey)));
    return ({ kid }) => find(kid);
  }
  const accepted: readonly string[] = algorithms ?? PUBLIC_KEY_ALGORITHMS;
  if (accepted.includes('HS256')) {
    throw new TypeError(
      '`algorithms`: HS256 is for a secret in `keys`, since what is published at `jwks` could sign with it; found `jwks`. Leave HS256 out, or give `keys`.',
    );
  }
  const find = createRemoteKeys(isAddress(jwks) ? { url: jwks } : (jwks as RemoteKeys));
  return async ({ kid, alg }) => (accepted.includes(alg) ? find({ kid, alg: alg as PublicKeyAlgorithm }) : undefined);
}

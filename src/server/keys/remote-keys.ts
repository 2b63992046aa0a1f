import { createRemoteJWKSet, errors } from 'jose';
import { kindOf, UnavailableError } from '../errors.ts';
import { isLoopback } from '../http/origins.ts';
import { checkKnown, duration } from '../option-values.ts';
import { assertMaterial } from './key-material.ts';
import type { PublicKeyAlgorithm } from './signing-keys.ts';
import type { CheckingKey } from './verification-key.ts';

/** Where keys are published, and how often they may be asked for; all durations are milliseconds. */
export interface RemoteKeys {
  /** The address of the JWK Set: https, or http on loopback. */
  readonly url: string | URL;
  /** How long the keys are kept. Under traffic they are fetched anew at half that age, and nobody waits. Default 10 min. */
  readonly maxAgeMs?: number;
  /** How long after a fetch a key that was not in it is not asked for again. Default 30 s. */
  readonly cooldownMs?: number;
  /** How long a fetch may take. Default 5 s. */
  readonly timeoutMs?: number;
}

type Name = { readonly kid: string; readonly alg: PublicKeyAlgorithm };

const DAY_MS = 86_400_000;
// While the keys cannot be fetched, one request in a second tries.
const PAUSE_MS = 1_000;

/**
 * Finds keys in a JWK Set at an address. It is fetched when it is needed, once for all who wait, and a token cannot have
 * it fetched more often than once in a cool-down.
 *
 * What it gives rejects with an {@link UnavailableError} if the keys are needed and cannot be fetched. Throws a `TypeError`
 * that names the option for an address that is not safe, or for other settings that cannot be right.
 *
 * @see RFC 7517 section 5
 */
export function createRemoteKeys(remote: RemoteKeys): (name: Name) => Promise<CheckingKey | undefined> {
  checkKnown(remote, { url: true, maxAgeMs: true, cooldownMs: true, timeoutMs: true }, 'jwks.');
  const maxAgeMs = duration('jwks.maxAgeMs', remote.maxAgeMs ?? 600_000, 1_000, DAY_MS);
  const set = createRemoteJWKSet(safeUrl(remote.url), {
    cacheMaxAge: maxAgeMs,
    cooldownDuration: duration('jwks.cooldownMs', remote.cooldownMs ?? 30_000, 1_000, maxAgeMs),
    timeoutDuration: Math.ceil(duration('jwks.timeoutMs', remote.timeoutMs ?? 5_000, 1, 60_000)),
  });
  let failure: { readonly error: UnavailableError; readonly at: number } | undefined;
  let renewedAt: number | undefined;

  const unavailable = (cause: unknown) =>
    new UnavailableError('The keys at `jwks` cannot be fetched, or not be used.', { cause });

  function fetchFailed(cause: unknown): void {
    failure = { error: unavailable(cause), at: Date.now() };
  }

  const needsFetch = ({ kid }: Name): boolean =>
    !set.fresh || (!set.coolingDown && !set.jwks()?.keys.some((jwk) => jwk.kid === kid));

  // The keys that are there still serve if this fails, until they are too old.
  function renew(): void {
    renewedAt ??= Date.now();
    if (!set.fresh || set.reloading || isWithin(renewedAt, maxAgeMs / 2)) return;
    renewedAt = Date.now();
    set.reload().catch(fetchFailed);
  }

  return async (name) => {
    const isFetching = needsFetch(name);
    if (isFetching && failure !== undefined && isWithin(failure.at, PAUSE_MS)) throw failure.error;
    try {
      const key = await set(name);
      assertMaterial(key, name, 'public');
      renew();
      return { ...name, key };
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) {
        // Which may be new: after the clock was set back, the cool-down lasts as long as the step was.
        renew();
        return undefined;
      }
      // A key that cannot be used says nothing about the next fetch.
      if (isFetching) fetchFailed(error);
      throw unavailable(error);
    }
  };
}

// A clock that was set back makes nothing younger than it was.
function isWithin(at: number, ms: number): boolean {
  return Math.abs(Date.now() - at) < ms;
}

function safeUrl(given: unknown): URL {
  const url = URL.canParse(String(given)) ? new URL(String(given)) : undefined;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))) return url;
  // Other text may be the secret of an HS256 key.
  const found = /^https?:$/.test(url?.protocol ?? '') ? url?.origin : kindOf(given);
  throw new TypeError(
    `\`jwks\` must be an https address (http only on loopback); found ${found}. Whoever can change what is answered there can make tokens.`,
  );
}

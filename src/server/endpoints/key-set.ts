import type { AuthorityEvent } from '../events.ts';
import { errorAnswer, json, noContent, sealed } from '../http/answers.ts';
import { assertWebRequest } from '../http/web-request.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { Settings } from '../settings.ts';

/** What publishing the keys needs. */
export interface KeySetParts {
  readonly settings: Settings;
  readonly keyring: Keyring | undefined;
  emit(event: AuthorityEvent): void;
}

type Handle = (request: Request) => Promise<Response>;

// As long as a roll-over has to wait for caches in between, so not long.
const HEADERS = {
  'Content-Type': 'application/jwk-set+json',
  'Cache-Control': 'public, max-age=300',
  'X-Content-Type-Options': 'nosniff',
  'Access-Control-Allow-Origin': '*',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

/**
 * Answers with the public keys at `paths.jwks`, to anybody, and passes every other request on.
 *
 * Throws a `TypeError` that names the option if there is nothing to publish.
 *
 * @see RFC 7517 section 8.5.2 (media type)
 */
export function withKeySet({ settings, keyring, emit }: KeySetParts, next: Handle): Handle {
  const { jwks: path } = settings.paths;
  if (path === undefined) return next;
  if (!keyring?.isPublic) {
    throw new TypeError('`paths.jwks`: an HS256 key has no public half to publish. Leave the path out, or use ES256.');
  }

  return async (request) => {
    assertWebRequest(request, 'handle', 'authRoutes(authority)');
    if (new URL(request.url).pathname !== path) return next(request);
    if (request.method === 'OPTIONS') return noContent({ ...HEADERS, 'Access-Control-Allow-Methods': 'GET, HEAD' });
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return sealed(errorAnswer(405, 'method_not_allowed', {}, { Allow: 'GET, HEAD, OPTIONS' }));
    }
    try {
      const answer = json(200, await keyring.publicKeys(), HEADERS);
      return request.method === 'HEAD' ? new Response(null, answer) : answer;
    } catch (error) {
      emit({ type: 'failed', at: settings.failedAt(), endpoint: 'key-set', error });
      return sealed(errorAnswer(500, 'server_error'));
    }
  };
}

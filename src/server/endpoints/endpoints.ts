import { UnavailableError } from '../errors.ts';
import type { AuthorityEvent, Endpoint } from '../events.ts';
import { errorAnswer, noContent, sealed } from '../http/answers.ts';
import type { Cookies } from '../http/cookies.ts';
import { corsHeaders, preflightHeaders } from '../http/cors.ts';
import { forgerySign, originSign } from '../http/csrf.ts';
import type { Refuse } from '../http/refusals.ts';
import { assertWebRequest } from '../http/web-request.ts';
import type { Settings } from '../settings.ts';

/** A cookie endpoint: where it is and what it does with a request that has shown to be ours. */
export interface CookieEndpoint {
  readonly name: Endpoint;
  readonly path: string;
  answer(request: Request): Promise<Response>;
}

/**
 * Makes the one entrance to the cookie endpoints, which turns forged requests away before anything
 * is looked at, and never throws.
 */
export function createEndpoints(
  endpoints: readonly CookieEndpoint[],
  settings: Settings,
  cookies: Cookies,
  refuse: Refuse,
  emit: (event: AuthorityEvent) => void,
): (request: Request) => Promise<Response> {
  const { allowedOrigins, allowedHeaders } = settings;

  async function admit({ name, answer }: CookieEndpoint, request: Request): Promise<Response> {
    if (!cookies.allows(settings.ownOrigin(request))) return refuse(name, 'not-loopback');
    if (request.method === 'OPTIONS') {
      const sign = originSign(request, settings);
      if (sign !== undefined) return refuse(name, sign);
      const isListed = allowedOrigins.has(request.headers.get('Origin') ?? '');
      return noContent(isListed ? preflightHeaders(allowedHeaders) : {});
    }
    if (request.method !== 'POST') return refuse(name, 'method');
    const sign = forgerySign(request, settings);
    return sign === undefined ? answer(request) : refuse(name, sign);
  }

  return async (request) => {
    assertWebRequest(request, 'handle', 'authRoutes(authority)');
    const { pathname } = new URL(request.url);
    const endpoint = endpoints.find(({ path }) => path === pathname);
    const missed = endpoint ?? endpoints.find(({ path }) => isNearMiss(path, pathname, request.method));
    const cors = corsHeaders(request, allowedOrigins);
    if (missed === undefined) return sealed(errorAnswer(404, 'not_found'), cors);
    try {
      return sealed(endpoint === undefined ? refuse(missed.name, 'path') : await admit(endpoint, request), cors);
    } catch (error) {
      emit({ type: 'failed', at: settings.failedAt(), endpoint: missed.name, error });
      return sealed(failure(error), cors);
    }
  };
}

// Mounted below a prefix, by a router that cuts the folder off, or asked for with a slash at the end. A GET may be for a
// page of that name.
function isNearMiss(path: string, pathname: string, method: string): boolean {
  if (method !== 'POST' && method !== 'OPTIONS') return false;
  let end = pathname.length;
  while (pathname.charAt(end - 1) === '/') end -= 1;
  const asked = pathname.slice(0, end);
  return asked !== '' && (asked.endsWith(path) || path.endsWith(asked));
}

function failure(error: unknown): Response {
  if (error instanceof UnavailableError) {
    return errorAnswer(503, 'temporarily_unavailable', {}, { 'Retry-After': '5' });
  }
  return errorAnswer(500, 'server_error');
}

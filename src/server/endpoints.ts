import { errorAnswer, noContent, sealed } from './answers.ts';
import type { Cookies } from './cookies.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { forgerySign } from './csrf.ts';
import { StoreUnavailableError } from './errors.ts';
import type { AuthorityEvent, Endpoint, RefusalReason } from './events.ts';
import type { Settings } from './settings.ts';

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
  emit: (event: AuthorityEvent) => void,
): (request: Request) => Promise<Response> {
  const { allowedOrigins } = settings;

  async function admit(endpoint: CookieEndpoint, request: Request): Promise<Response> {
    const refuse = (reason: RefusalReason, answer: Response): Response => {
      emit({ type: 'request-refused', at: settings.now(), endpoint: endpoint.name, reason });
      return answer;
    };
    if (!cookies.allows(new URL(request.url))) {
      const description = 'The dev cookie profile answers on localhost only; elsewhere use host or path over https.';
      return refuse('not-loopback', errorAnswer(500, 'server_error', { error_description: description }));
    }
    if (request.method === 'OPTIONS') {
      const origin = request.headers.get('Origin') ?? '';
      const isListed = allowedOrigins.has(origin);
      if (isListed || origin === new URL(request.url).origin) return noContent(isListed ? preflightHeaders() : {});
      return refuse('origin', errorAnswer(403, 'request_refused'));
    }
    if (request.method !== 'POST') {
      return refuse('method', errorAnswer(405, 'method_not_allowed', {}, { Allow: 'POST, OPTIONS' }));
    }
    const sign = forgerySign(request, allowedOrigins);
    return sign === undefined ? endpoint.answer(request) : refuse(sign, errorAnswer(403, 'request_refused'));
  }

  return async (request) => {
    const { pathname } = new URL(request.url);
    const endpoint = endpoints.find(({ path }) => path === pathname);
    if (endpoint === undefined) return sealed(errorAnswer(404, 'not_found'));
    const cors = corsHeaders(request, allowedOrigins);
    try {
      return sealed(await admit(endpoint, request), cors);
    } catch (error) {
      emit({ type: 'failed', at: settings.failedAt(), endpoint: endpoint.name, error });
      return sealed(failure(error), cors);
    }
  };
}

function failure(error: unknown): Response {
  if (error instanceof StoreUnavailableError) {
    return errorAnswer(503, 'temporarily_unavailable', {}, { 'Retry-After': '5' });
  }
  return errorAnswer(500, 'server_error');
}

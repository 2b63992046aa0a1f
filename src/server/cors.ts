import { AUTH_CLIENT_HEADER } from './csrf.ts';

const ALLOWED_HEADERS = `Accept, Content-Type, Idempotency-Key, ${AUTH_CLIENT_HEADER}`;
const EXPOSED_HEADERS = 'Retry-After, WWW-Authenticate';
const PREFLIGHT_SECONDS = '600';

/** The CORS headers of an answer: none unless the request's origin is on the list, and never a wildcard. */
export function corsHeaders(request: Request, allowedOrigins: ReadonlySet<string>): Record<string, string> {
  const origin = request.headers.get('Origin');
  if (origin === null || !allowedOrigins.has(origin)) return {};
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Expose-Headers': EXPOSED_HEADERS,
  };
}

/** The further headers of a preflight's answer. */
export function preflightHeaders(): Record<string, string> {
  return {
    'Access-Control-Allow-Methods': 'POST',
    'Access-Control-Allow-Headers': ALLOWED_HEADERS,
    'Access-Control-Max-Age': PREFLIGHT_SECONDS,
  };
}

import { assertList } from '../option-values.ts';
import { AUTH_CLIENT_HEADER } from './csrf.ts';

// Tracing adds these to every call of a page. If a preflight refused them, no refresh would get through.
const TRACING_HEADERS = ['baggage', 'sentry-trace', 'traceparent', 'tracestate'];
// The usual names of the client's `headers.csrf`.
const CSRF_HEADERS = ['X-CSRF-Token', 'X-XSRF-Token'];
const ALLOWED_HEADERS = ['Accept', 'Content-Type', 'Idempotency-Key', AUTH_CLIENT_HEADER];
const EXPOSED_HEADERS = 'Date, Retry-After, WWW-Authenticate';
const PREFLIGHT_SECONDS = '600';
const HEADER_NAME = /^[A-Za-z0-9!#$%&'+.^_`|~-]+$/;

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
export function preflightHeaders(allowedHeaders: string): Record<string, string> {
  return {
    'Access-Control-Allow-Methods': 'POST',
    'Access-Control-Allow-Headers': allowedHeaders,
    'Access-Control-Max-Age': PREFLIGHT_SECONDS,
  };
}

/** `Access-Control-Allow-Headers`: ours, and those of the option. Throws a `TypeError` for what is no header's name. */
export function headerList(further: readonly string[] = []): string {
  const isName = (name: unknown) => typeof name === 'string' && HEADER_NAME.test(name);
  assertList('allowedHeaders', further, 'header names, such as X-Request-Id, without wildcards', isName);
  return [...ALLOWED_HEADERS, ...CSRF_HEADERS, ...TRACING_HEADERS, ...further].join(', ');
}

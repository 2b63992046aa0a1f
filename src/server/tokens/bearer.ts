import { errorAnswer, json, sealed } from '../http/answers.ts';

/** The access token of a request, or the answer to give because it has none that could be read. */
export type BearerReading =
  | { readonly token: string }
  /** `reason` is what is wrong with the token; a request without one has none. */
  | { readonly refusal: Response; readonly reason?: 'malformed' | 'in-url' };

// Visible ASCII: `\S` would let through, and stop at, characters that no browser counts as such.
const CREDENTIALS = /^bearer(?: +([!-~]+))? *$/i;
const MESSAGE = 'The access token is invalid or has expired.';

/**
 * Finds the access token in the `Authorization` header, its only place.
 *
 * A request that shows no token is told the scheme and no error; one with a token in its URL, or
 * with more than one, is malformed.
 *
 * @see RFC 6750 sections 2.1, 2.3 and 3.1
 */
export function readBearer(request: Request): BearerReading {
  const { url } = request;
  if (url.includes('?') && new URL(url).searchParams.has('access_token'))
    return { refusal: malformed(), reason: 'in-url' };
  const header = request.headers.get('Authorization') ?? '';
  const token = CREDENTIALS.exec(header)?.[1];
  if (token !== undefined) return { token };
  const isBearer = /^bearer(?: |$)/i.test(header);
  return isBearer ? { refusal: malformed(), reason: 'malformed' } : { refusal: challenge(401, '') };
}

/** 401 `invalid_token`, alike for every cause. */
export function invalidToken(): Response {
  const more = `, error="invalid_token", error_description="${MESSAGE}"`;
  return challenge(401, more, { error: 'invalid_token', error_description: MESSAGE });
}

/** 503: whether the token is good cannot be found out, so it is not. */
export function unavailable(): Response {
  return sealed(errorAnswer(503, 'temporarily_unavailable', {}, { 'Retry-After': '5' }));
}

function malformed(): Response {
  return challenge(400, ', error="invalid_request"', { error: 'invalid_request' });
}

function challenge(status: number, more: string, body: object = { error: 'unauthorized' }): Response {
  return sealed(json(status, body, { 'WWW-Authenticate': `Bearer realm="api"${more}` }));
}

import type { RefusalReason } from './events.ts';

/**
 * The request header every call of the cookie endpoints must carry, with any non-empty value.
 *
 * A page of another origin cannot set it without asking by a CORS preflight, and a form cannot at all.
 */
export const AUTH_CLIENT_HEADER = 'X-Auth-Client';

const KNOWN_SITES = new Set(['same-origin', 'same-site', 'cross-site', 'none']);

/**
 * Why a POST to a cookie endpoint may not come from our own pages; `undefined` when it may.
 *
 * A cookie that is `SameSite=Strict` still goes along with requests from sibling subdomains and
 * other ports, so each request has to show where it comes from: by the custom header, by an exact
 * `Origin`, and by what the browser itself says in Fetch Metadata.
 *
 * @see RFC 6454 section 7 (Origin), W3C Fetch Metadata Request Headers
 */
export function forgerySign(request: Request, allowedOrigins: ReadonlySet<string>): RefusalReason | undefined {
  const { headers } = request;
  const site = headers.get('Sec-Fetch-Site');
  const origin = headers.get('Origin');
  const isListed = origin !== null && allowedOrigins.has(origin);

  if (!headers.get(AUTH_CLIENT_HEADER)) return 'header';
  if (origin === null ? site !== 'same-origin' : !isListed && origin !== new URL(request.url).origin) return 'origin';
  // A value from a later edition of the standard says nothing; then the origin has decided.
  if (site !== null && KNOWN_SITES.has(site) && site !== 'same-origin' && !(site === 'same-site' && isListed)) {
    return 'fetch-metadata';
  }
  const isFetch = ['cors', 'same-origin'].includes(headers.get('Sec-Fetch-Mode') ?? 'cors');
  const isForScript = (headers.get('Sec-Fetch-Dest') ?? 'empty') === 'empty';
  return isFetch && isForScript ? undefined : 'fetch-metadata';
}

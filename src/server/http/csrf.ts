import type { RefusalReason } from '../events.ts';
import { isWebOrigin } from './origins.ts';

/**
 * The request header every call of the cookie endpoints must carry, with any non-empty value.
 *
 * A page of another origin cannot set it without asking by a CORS preflight, and a form cannot at all.
 */
export const AUTH_CLIENT_HEADER = 'X-Auth-Client';

const KNOWN_SITES = new Set(['same-origin', 'same-site', 'cross-site', 'none']);

/** Whose pages may call. */
export interface TrustedOrigins {
  readonly allowedOrigins: ReadonlySet<string>;
  /** The origin that the request's answers belong to. */
  ownOrigin(request: Request): string;
}

/**
 * Why a request to a cookie endpoint, or its preflight, is refused for the page it comes from; `undefined` if it is not.
 *
 * A listed web origin has to be of our site, by what the browser says: pages of another site do not get the cookie. A page
 * of a web view, an extension or a desktop app belongs to no site, and browsers say `none` or `cross-site` of it; there the
 * exact origin decides.
 */
export function originSign(request: Request, trusted: TrustedOrigins): RefusalReason | undefined {
  const site = request.headers.get('Sec-Fetch-Site');
  const origin = request.headers.get('Origin');
  const isListed = origin !== null && trusted.allowedOrigins.has(origin);
  const isOwn = origin === null ? site === 'same-origin' : origin === trusted.ownOrigin(request);
  if (!isListed && !isOwn) return 'origin';
  // A value from a later edition of the standard says nothing; then the origin has decided.
  if (site === null || !KNOWN_SITES.has(site) || site === 'same-origin') return undefined;
  if (!isListed) return 'fetch-metadata';
  if (site === 'same-site' || !isWebOrigin(origin)) return undefined;
  return site === 'cross-site' ? 'cross-site' : 'fetch-metadata';
}

/**
 * Why a POST to a cookie endpoint may not come from our own pages; `undefined` when it may.
 *
 * A cookie that is `SameSite=Strict` still goes along with requests from sibling subdomains and
 * other ports, so each request has to show where it comes from: by the custom header, by an exact
 * `Origin`, and by what the browser itself says in Fetch Metadata.
 *
 * @see RFC 6454 section 7 (Origin), W3C Fetch Metadata Request Headers
 */
export function forgerySign(request: Request, trusted: TrustedOrigins): RefusalReason | undefined {
  const { headers } = request;
  if (!headers.get(AUTH_CLIENT_HEADER)) return 'header';
  const sign = originSign(request, trusted);
  if (sign !== undefined) return sign;
  const isFetch = ['cors', 'same-origin'].includes(headers.get('Sec-Fetch-Mode') ?? 'cors');
  const isForScript = (headers.get('Sec-Fetch-Dest') ?? 'empty') === 'empty';
  return isFetch && isForScript ? undefined : 'fetch-metadata';
}

import { trimSpaces } from './header-text.ts';
import type { AuthorityOptions, AuthorityPaths } from './options.ts';

/** How the refresh token travels as a cookie. */
export interface Cookies {
  /** All different values under the refresh cookie's name, in the order received. */
  presented(request: Request): readonly string[];
  /** All different values of the binder cookie; none where the profile has no binder. */
  binders(request: Request): readonly string[];
  /** Whether the refresh cookie comes with a binder. */
  readonly hasBinder: boolean;
  /** `Set-Cookie` values that keep a token, `maxAgeMs` being what is left of the grant. */
  keep(token: string, binder: string, maxAgeMs: number): readonly string[];
  /** `Set-Cookie` values that delete it: same names and attributes, or browsers would ignore them. */
  clear(): readonly string[];
  /** Whether this profile may be used for a request to this URL. */
  allows(url: URL): boolean;
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * The cookies of a profile. Throws a `TypeError` naming the option for an unknown profile or a bad name.
 *
 * @see RFC 6265bis section 4.1.3 (name prefixes)
 */
export function createCookies(
  { profile = 'host', name = 'refresh' }: NonNullable<AuthorityOptions<unknown>['cookie']> = {},
  paths: Required<AuthorityPaths>,
): Cookies {
  if (!NAME.test(name)) throw new TypeError('`cookie.name` must be 1 to 64 of A–Z, a–z, 0–9, `_` and `-`.');
  if (!['host', 'path', 'dev'].includes(profile)) throw new TypeError('`cookie.profile` must be host, path or dev.');

  const hasBinder = profile === 'path';
  const refreshName = { host: `__Host-${name}`, path: `__Secure-${name}`, dev: name }[profile];
  const binderName = `__Host-${name}-binder`;
  const secure = profile === 'dev' ? '' : '; Secure';
  const refreshPath = hasBinder ? commonFolder(Object.values(paths)) : '/';

  function pair(token: string, binder: string, maxAge: number): readonly string[] {
    const shared = `; Max-Age=${maxAge}; HttpOnly${secure}; SameSite=Strict`;
    const refresh = `${refreshName}=${token}; Path=${refreshPath}${shared}`;
    return hasBinder ? [refresh, `${binderName}=${binder}; Path=/${shared}`] : [refresh];
  }

  return {
    hasBinder,
    presented: (request) => valuesOf(request, refreshName),
    binders: (request) => (hasBinder ? valuesOf(request, binderName) : []),
    // Never 0: that would delete what is still good for a moment.
    keep: (token, binder, maxAgeMs) => pair(token, binder, Math.max(1, Math.floor(maxAgeMs / 1000))),
    clear: () => pair('', '', 0),
    allows: (url) => profile !== 'dev' || LOOPBACK.test(url.hostname),
  };
}

// Read from the raw header, byte by byte: a parser that builds a map lets one of two equal names win in silence, and one
// that is lenient about names finds ours in a cookie that a sibling host has set.
function valuesOf(request: Request, name: string): readonly string[] {
  const pairs = (request.headers.get('Cookie') ?? '').split(';').map(trimSpaces);
  const values = pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1));
  return [...new Set(values.filter((value) => value !== ''))];
}

function commonFolder(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => path.split('/').slice(1, -1));
  const end = first.findIndex((folder, index) => others.some((other) => other[index] !== folder));
  return `/${(end === -1 ? first : first.slice(0, end)).join('/')}`;
}

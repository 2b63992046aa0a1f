import { assertOneOf, shortTextOrKind } from '../option-values.ts';
import type { AuthorityOptions, AuthorityPaths } from '../options.ts';
import { trimSpaces } from './header-text.ts';
import { isLoopback } from './origins.ts';

/** What a request's cookies hold under our names, each value once, in the order received. */
export interface CookieValues {
  /** Values of the refresh cookie. */
  readonly tokens: readonly string[];
  /** Values of the binder cookie; none where the profile has no binder. */
  readonly binders: readonly string[];
}

/** How the refresh token travels as a cookie. */
export interface Cookies {
  /** The values under names that the browser vouches for: they stand at the beginning or after a `;`. */
  read(request: Request): CookieValues;
  /**
   * The values under names after a comma as well; `undefined` where the header has no comma.
   *
   * A host that joins cookie fields by a comma puts ours there, and so may a sibling host, in the value of a cookie of
   * its own. So these values never say who is signed in; they only tell that the header cannot be read.
   */
  readFolded(request: Request): CookieValues | undefined;
  /** Whether the profile is `dev`. */
  readonly isDev: boolean;
  /** Whether the refresh cookie comes with a binder. */
  readonly hasBinder: boolean;
  /**
   * `Set-Cookie` values that keep a token, `maxAgeMs` being what is left of the grant; without it, the cookie ends with the
   * browser.
   */
  keep(token: string, binder: string, maxAgeMs: number | undefined): readonly string[];
  /** `Set-Cookie` values that delete it: same names and attributes, or browsers would ignore them. */
  clear(): readonly string[];
  /** Whether this profile may be used at this origin. */
  allows(origin: string): boolean;
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * The cookies of a profile. Throws a `TypeError` naming the option for an unknown profile or a bad name, and for one that
 * does not go with the `origin` option.
 *
 * @see RFC 6265bis section 4.1.3 (name prefixes)
 */
export function createCookies(
  { profile = 'host', name = 'refresh' }: NonNullable<AuthorityOptions<unknown>['cookie']> = {},
  { signIn, refresh, signOut }: Required<Omit<AuthorityPaths, 'jwks'>>,
  ownOrigin?: string,
): Cookies {
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new TypeError(
      `\`cookie.name\` must be 1 to 64 of A–Z, a–z, 0–9, \`_\` and \`-\`; found ${shortTextOrKind(name)}.`,
    );
  }
  assertOneOf('cookie.profile', profile, ['host', 'path', 'dev']);

  const isDev = profile === 'dev';
  const allows = (origin: string) => !isDev || (URL.canParse(origin) && isLoopback(new URL(origin).hostname));
  if (ownOrigin !== undefined && !allows(ownOrigin)) {
    throw new TypeError(
      `\`cookie.profile\`: \`dev\` works only on loopback, such as http://localhost:3000; found ${shortTextOrKind(ownOrigin)} as \`origin\`. Leave \`cookie.profile\` out there.`,
    );
  }
  const hasBinder = profile === 'path';
  const refreshName = { host: `__Host-${name}`, path: `__Secure-${name}`, dev: name }[profile];
  const binderName = `__Host-${name}-binder`;
  const secure = isDev ? '' : '; Secure';
  const refreshPath = hasBinder ? commonFolder([signIn, refresh, signOut]) : '/';

  function pair(token: string, binder: string, maxAge: string): readonly string[] {
    const shared = `${maxAge}; HttpOnly${secure}; SameSite=Strict`;
    const refresh = `${refreshName}=${token}; Path=${refreshPath}${shared}`;
    return hasBinder ? [refresh, `${binderName}=${binder}; Path=/${shared}`] : [refresh];
  }

  const valuesIn = (pairs: readonly string[]): CookieValues => ({
    tokens: valuesOf(pairs, refreshName),
    binders: hasBinder ? valuesOf(pairs, binderName) : [],
  });

  return {
    isDev,
    hasBinder,
    // No value of ours has a comma in it: what follows one is the next field of a host that folds them.
    read: (request) => valuesIn(pairsOf(request).map((pair) => pair.split(',')[0] ?? '')),
    readFolded(request) {
      const pairs = pairsOf(request);
      const folded = pairs.flatMap((pair) => pair.split(','));
      return folded.length > pairs.length ? valuesIn(folded) : undefined;
    },
    keep: (token, binder, maxAgeMs) => pair(token, binder, maxAgeMs === undefined ? '' : maxAgeOf(maxAgeMs)),
    clear: () => pair('', '', '; Max-Age=0'),
    allows,
  };
}

// From the raw header, byte by byte: a parser that builds a map lets one of two equal names win in silence, and one that
// is lenient about names finds ours in a cookie that a sibling host has set.
function pairsOf(request: Request): readonly string[] {
  return (request.headers.get('Cookie') ?? '').split(';');
}

function valuesOf(pairs: readonly string[], name: string): readonly string[] {
  const own = pairs.map(trimSpaces).filter((pair) => pair.startsWith(`${name}=`));
  const values = own.map((pair) => pair.slice(name.length + 1));
  return [...new Set(values.filter((value) => value !== ''))];
}

// Never 0: that would delete what is still good for a moment.
function maxAgeOf(ms: number): string {
  return `; Max-Age=${Math.max(1, Math.floor(ms / 1000))}`;
}

function commonFolder(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => path.split('/').slice(1, -1));
  const end = first.findIndex((folder, index) => others.some((other) => other[index] !== folder));
  return `/${(end === -1 ? first : first.slice(0, end)).join('/')}`;
}

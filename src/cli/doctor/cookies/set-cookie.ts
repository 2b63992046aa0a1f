import { asciiLowerCase, trimSpaces } from '../../../server/http/header-text.ts';

/** A `Set-Cookie` field as a browser reads it. */
export interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** As given; `undefined` where there is none, or none that begins with a slash. */
  readonly path: string | undefined;
  /** Without the dot in front, in lower case. */
  readonly domain: string | undefined;
  /** Life in seconds from now, by `Max-Age` or else by `Expires`; `undefined`: until the browser is closed. */
  readonly lifetime: number | undefined;
  readonly isSecure: boolean;
  readonly isHttpOnly: boolean;
  readonly sameSite: 'strict' | 'lax' | 'none' | undefined;
}

/**
 * Reads a `Set-Cookie` field: of two attributes with one name the last one counts, and what is unknown does not count.
 *
 * @see RFC 6265bis section 5.6
 */
export function parseSetCookie(field: string, now: number): SetCookie {
  const [pair = '', ...rest] = field.split(';');
  const [name, value] = splitAt(pair);
  const attributes = new Map(
    rest.map(splitAt).map(([attribute, given]) => [asciiLowerCase(attribute), given] as const),
  );
  const path = attributes.get('path');
  const domain = attributes.get('domain');
  return {
    name,
    value,
    path: path?.startsWith('/') ? path : undefined,
    domain: domain === undefined || domain === '' ? undefined : asciiLowerCase(domain.replace(/^\./, '')),
    lifetime: lifetimeOf(attributes, now),
    isSecure: attributes.has('secure'),
    isHttpOnly: attributes.has('httponly'),
    sameSite: sameSiteOf(attributes.get('samesite') ?? ''),
  };
}

/** The value of `SameSite` as it is usually written. */
export function sameSiteText(sameSite: SetCookie['sameSite']): string {
  return sameSite === undefined ? '(not set)' : sameSite.charAt(0).toUpperCase() + sameSite.slice(1);
}

/** Whether the field deletes the cookie rather than keeps it. */
export function deletes({ value, lifetime }: SetCookie): boolean {
  return value === '' || (lifetime !== undefined && lifetime <= 0);
}

/** The path that the browser keeps: that of the field, or else the folder of the address that set it. */
export function pathKept({ path }: SetCookie, setBy: URL): string {
  if (path !== undefined) return path;
  const end = setBy.pathname.lastIndexOf('/');
  return end <= 0 ? '/' : setBy.pathname.slice(0, end);
}

/** Whether a cookie with this path is sent to that one (RFC 6265bis section 5.1.4). */
export function coversPath(cookiePath: string, path: string): boolean {
  if (!path.startsWith(cookiePath)) return false;
  return path === cookiePath || cookiePath.endsWith('/') || path.charAt(cookiePath.length) === '/';
}

function splitAt(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  return at === -1 ? [trimSpaces(text), ''] : [trimSpaces(text.slice(0, at)), trimSpaces(text.slice(at + 1))];
}

function lifetimeOf(attributes: ReadonlyMap<string, string>, now: number): number | undefined {
  const maxAge = attributes.get('max-age') ?? '';
  if (/^-?\d+$/.test(maxAge)) return Number(maxAge);
  const expiresAt = Date.parse(attributes.get('expires') ?? '');
  return Number.isNaN(expiresAt) ? undefined : (expiresAt - now) / 1000;
}

function sameSiteOf(given: string): SetCookie['sameSite'] {
  const known = ['strict', 'lax', 'none'] as const;
  return known.find((value) => value === asciiLowerCase(given));
}

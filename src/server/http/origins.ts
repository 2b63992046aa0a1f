import { kindOf } from '../errors.ts';
import { shortTextOrKind } from '../option-values.ts';

/** The names and addresses of this machine. Names below `localhost` are never looked up elsewhere (RFC 6761). */
const LOOPBACK = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

// Of a web view, a browser extension or a desktop app: a scheme of its own, and a host that no URL parser changes.
const APP_ORIGIN = /^(?!(?:https?|wss?|ftp|file):)[a-z][a-z0-9+.-]*:\/\/[^/?#\\@*,\s\p{C}]+$/u;

/** Whether a URL's host means the machine itself. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** Whether a page of this origin has a site, so that browsers say by `Sec-Fetch-Site` how it is related to us. */
export function isWebOrigin(origin: string): boolean {
  return /^https?:/.test(origin);
}

/** The origins named by an option, as browsers write them in `Origin`. Throws a `TypeError` that names the option. */
export function exactOrigins(option: string, origins: readonly string[]): ReadonlySet<string> {
  if (!Array.isArray(origins)) {
    throw new TypeError(`\`${option}\` must be a list of origins; found ${kindOf(origins)}.`);
  }
  return new Set(origins.map((origin) => exactOrigin(option, origin)));
}

/** An origin named by an option, as browsers write it in `Origin`. Throws a `TypeError` that names the option. */
export function exactOrigin(option: string, origin: unknown): string {
  const found = shortTextOrKind(origin);
  if (typeof origin === 'string') {
    if (origin.includes('*')) {
      throw new TypeError(
        `\`${option}\` takes no wildcards, which would match nothing; found ${found}. Name each origin.`,
      );
    }
    if (APP_ORIGIN.test(origin)) return origin;
    if (URL.canParse(origin)) {
      const url = new URL(origin);
      if (isWebOrigin(url.origin) && url.origin === origin) return origin;
      if (isWebOrigin(url.origin)) {
        throw new TypeError(`\`${option}\` takes exact origins; found ${found}. Write ${url.origin}.`);
      }
    }
  }
  throw new TypeError(
    `\`${option}\` takes exact origins in lower case without a slash at the end, such as https://app.example.com or capacitor://localhost; found ${found}.`,
  );
}

/** The origin that a request was sent to. */
export function originOf({ url }: Request): string {
  const { origin, protocol, host } = new URL(url);
  // `null` for the scheme of a desktop app. Sandboxed frames send `Origin: null`, too, so it must never match.
  return origin === 'null' ? `${protocol}//${host}` : origin;
}

import { advise } from '#advice';
import { isTagged } from '../platform/bodies.ts';

function isLoopback(hostname: string): boolean {
  return /^(.*\.)?localhost$|^\[::1]$|^127(\.\d+){3}$/.test(hostname);
}

/** Whether an app may allow a token to be sent there: over TLS, or within the machine (RFC 6750 §5.3). */
export function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** The origin that an entry of `allowedOrigins` names. Throws a `TypeError` if it is anything but an origin. */
export function parseOrigin(entry: string): string {
  const url = resolve(entry, undefined);
  if (url === undefined || url.href !== `${url.origin}/` || !isSafe(url) || url.hostname.includes('*')) {
    throw new TypeError(`\`allowedOrigins\` takes origins only${advise('allowed origins')}.`);
  }
  return url.origin;
}

/** Whether an input is a `Request`, also one of another frame. */
export function isRequest(input: RequestInfo | URL): input is Request {
  return (
    typeof input === 'object' &&
    (isTagged('Request', input) || (typeof Request === 'function' && input instanceof Request))
  );
}

/** The address of a request, resolved as `fetch` would; `undefined` if `fetch` would refuse it. */
export function resolve(input: RequestInfo | URL, base: string | undefined): URL | undefined {
  const address = isRequest(input) ? input.url : `${input as string}`;
  try {
    return new URL(address, base);
  } catch {
    return undefined;
  }
}

/** Where a call goes: an address that begins with its origin. It need not be normalised. */
export interface Destination {
  readonly href: string;
  readonly origin: string;
}

/** Names an endpoint: its address without the query. */
export function endpointOf({ href }: Destination): string {
  const { origin, pathname } = new URL(href);
  return origin + pathname;
}

/** By its own protocol: a `blob:` address has the origin of the page that made it. */
function isWeb({ protocol }: URL): boolean {
  return protocol === 'https:' || protocol === 'http:';
}

/**
 * A path that begins with exactly one slash, and so stays on the origin of its base. The URL parser takes `\`
 * for a slash, and skips tabs and line breaks: `/\t/host` is another host.
 */
const PATH_ALONE = /^\/(?![/\\\t\n\r])/;

/**
 * Says where a call goes, if the token may be sent there: to the page's own origin, whether the page came
 * over http or https, or to a listed one. Whole origins are compared. A path is not parsed for that; its base
 * is, once.
 */
export function createDestinations(allowed: ReadonlySet<string>) {
  let knownBase: string | undefined;
  /** The origin of paths; `undefined` if they have to be parsed. */
  let baseOrigin: string | undefined;

  const originOfPaths = (base: string | undefined): string | undefined => {
    if (base !== knownBase) {
      knownBase = base;
      const url = resolve('/', base);
      // `fetch` refuses the user name and password that a path would take over.
      baseOrigin = url !== undefined && isWeb(url) && url.href === `${url.origin}/` ? url.origin : undefined;
    }
    return baseOrigin;
  };

  return (input: RequestInfo | URL, base: string | undefined, own: string | undefined): Destination | undefined => {
    if (typeof input === 'string' && PATH_ALONE.test(input)) {
      const origin = originOfPaths(base);
      if (origin !== undefined) {
        return origin === own || allowed.has(origin) ? { href: origin + input, origin } : undefined;
      }
    }
    const url = resolve(input, base);
    if (url === undefined || !isWeb(url) || !(url.origin === own || allowed.has(url.origin))) return undefined;
    return { href: url.href, origin: url.origin };
  };
}

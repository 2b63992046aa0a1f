import { advise } from '#advice';

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  hostname === '[::1]' ||
  /^127(\.\d+){3}$/.test(hostname);

/** Whether a token may travel to a place by the app's own choice: by TLS, or within the machine (RFC 6750 §5.3). */
const isSafe = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));

/** The origin that an entry of `allowedOrigins` names. Throws a `TypeError` where it is anything but an origin. */
export const parseOrigin = (entry: string): string => {
  const url = resolve(entry, undefined);
  if (url === undefined || url.href !== `${url.origin}/` || !isSafe(url) || url.hostname.includes('*')) {
    throw new TypeError(`\`allowedOrigins\` takes origins alone${advise('allowed origins')}.`);
  }
  return url.origin;
};

/** Whether an input is a `Request`, be it of another frame. */
export const isRequest = (input: RequestInfo | URL): input is Request =>
  typeof input === 'object' &&
  (Object.prototype.toString.call(input) === '[object Request]' ||
    (typeof Request === 'function' && input instanceof Request));

/** Where a request goes: its address resolved as `fetch` would, or `undefined` where `fetch` would refuse it. */
export const resolve = (input: RequestInfo | URL, base: string | undefined): URL | undefined => {
  const address = isRequest(input) ? input.url : String(input);
  try {
    return new URL(address, base);
  } catch {
    return undefined;
  }
};

/**
 * Whether the token may be sent to `url`: the page's own origin, by whichever of http and https the page and its token came,
 * or a listed one. Compared whole.
 */
export const mayReceiveToken = (
  { protocol, origin }: URL,
  own: string | undefined,
  allowed: ReadonlySet<string>,
): boolean => /^https?:$/.test(protocol) && (origin === own || allowed.has(origin));

import { coversPath, pathKept, type SetCookie } from '../cookies/set-cookie.ts';
import type { EndpointName } from '../exchange.ts';
import { error, type Finding, listed, warning } from '../finding.ts';
import type { Target } from '../target.ts';

/** Browsers drop a cookie whose name and value are longer. */
const MAX_BYTES = 4096;
const LARGE_BYTES = 1024;

export function judgePath(cookie: SetCookie, { endpoints }: Target): Finding | undefined {
  const path = pathKept(cookie, endpoints['sign-in']);
  // The cookie cannot have another path then.
  if (/^__host-/i.test(cookie.name)) return undefined;
  const needed: readonly EndpointName[] = ['refresh', 'sign-out'];
  const missed = needed.filter((endpoint) => !coversPath(path, endpoints[endpoint].pathname));
  if (missed.length === 0) return undefined;
  return error(
    'cookie-path',
    `${cookie.name} has Path=${path}, which does not cover ${listed(missed.map((name) => endpoints[name].pathname))}`,
    'The browser does not send it there, so that nobody is signed in after a reload.',
    'Set Path to the folder that all auth endpoints have in common, or to / with the prefix __Host-.',
  );
}

export function judgeDomain({ name, domain }: SetCookie, { endpoints }: Target): Finding | undefined {
  if (domain === undefined || /^__host-/i.test(name)) return undefined;
  const { hostname } = endpoints['sign-in'];
  if (hostname !== domain && !hostname.endsWith(`.${domain}`)) {
    return error(
      'cookie-domain',
      `${name} has Domain=${domain}, which ${hostname} is not part of`,
      'Browsers do not keep it: the sign-in succeeds, and a reload signs the user out.',
      'Leave Domain out.',
    );
  }
  return warning(
    'cookie-domain',
    `${name} has Domain=${domain}`,
    'The browser sends the refresh token to every host below it, and any of them can replace it.',
    'Leave Domain out. For pages on another host of the site, use CORS.',
  );
}

export function judgeLifetime({ name, lifetime }: SetCookie): Finding | undefined {
  if (lifetime !== undefined) return undefined;
  return warning(
    'cookie-lifetime',
    `${name} has neither Max-Age nor Expires`,
    'The browser forgets it when it is closed, and the user is signed out.',
    'Set Max-Age to the seconds that are left of the session.',
  );
}

export function judgeSize({ name, value }: SetCookie): Finding | undefined {
  const bytes = new TextEncoder().encode(name + value).length;
  if (bytes <= LARGE_BYTES) return undefined;
  const seen = `${name} has ${bytes} bytes`;
  const change = 'Keep an opaque token in it, and what belongs to the session in your database.';
  if (bytes > MAX_BYTES) {
    return error('cookie-size', seen, 'Browsers do not keep a cookie of more than 4096 bytes.', change);
  }
  return warning('cookie-size', seen, 'Every request below its path carries it, and servers limit headers.', change);
}

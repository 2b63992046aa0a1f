import { isLoopback } from '../../../server/http/origins.ts';
import { type SetCookie, sameSiteText } from '../cookies/set-cookie.ts';
import { error, type Finding, warning } from '../finding.ts';
import { relationTo, type Target } from '../target.ts';

export function judgeHttpOnly({ name, isHttpOnly }: SetCookie): Finding | undefined {
  if (isHttpOnly) return undefined;
  return error(
    'cookie-http-only',
    `${name} is not HttpOnly`,
    'Script can read the refresh token, and so can whoever gets script into the page.',
    'Add HttpOnly.',
  );
}

export function judgeSecure(cookie: SetCookie, target: Target): Finding | undefined {
  const { name, isSecure } = cookie;
  const { protocol, hostname } = target.endpoints['sign-in'];
  // Said elsewhere.
  if (breaksPrefix(cookie) || (cookie.sameSite === 'none' && !isSecure)) return undefined;
  if (protocol === 'https:') {
    if (isSecure) return undefined;
    return error(
      'cookie-secure',
      `${name} is not Secure`,
      'The browser sends it over plain http as well, where anybody on the way can read it.',
      'Add Secure.',
    );
  }
  if (isLoopback(hostname)) {
    if (!isSecure) return undefined;
    return warning(
      'cookie-secure',
      `${name} is Secure, on http://${hostname}`,
      'Chromium and Firefox keep it on this machine only, and Safari does not keep it at all.',
      'Leave Secure out on http://localhost, and set it everywhere else.',
    );
  }
  if (isSecure) {
    return error(
      'cookie-secure',
      `${name} is Secure, on http://${hostname}`,
      'A browser does not keep it: the sign-in succeeds, and a reload signs the user out.',
      'Serve it by https. On this machine use http://localhost, without Secure.',
    );
  }
  return warning(
    'cookie-secure',
    `${name} is sent over plain http`,
    'Anybody on the way can read the refresh token.',
    'Serve it by https, and add Secure.',
  );
}

export function judgeSameSite({ name, sameSite, isSecure }: SetCookie, target: Target): Finding | undefined {
  const isCrossSite = relationTo(target, target.endpoints.refresh) === 'cross-site';
  if (sameSite === 'none' && !isSecure) {
    return error(
      'cookie-same-site',
      `${name} is SameSite=None without Secure`,
      'Browsers do not keep it: the sign-in succeeds, and a reload signs the user out.',
      'Set SameSite=Strict if page and server are of one site; otherwise add Secure.',
    );
  }
  if (isCrossSite) {
    const isSent = sameSite === 'none';
    return (isSent ? warning : error)(
      'cookie-same-site',
      `${name} is SameSite=${sameSiteText(sameSite)}, and the page is of another site`,
      isSent
        ? 'Safari, Firefox and many settings of Chromium keep cookies of other sites back.'
        : 'Browsers send such a cookie to pages of its own site only: every refresh comes without it.',
      'Serve the page and the auth endpoints from one site, such as app.example.com and auth.example.com.',
    );
  }
  if (sameSite === 'strict' || sameSite === 'lax') return undefined;
  return warning(
    'cookie-same-site',
    `${name} is SameSite=${sameSiteText(sameSite)}`,
    sameSite === undefined
      ? 'Browsers treat that differently: Safari and Firefox send it along with requests of any site.'
      : 'It goes along with requests of any site, forged ones included.',
    'Set SameSite=Strict.',
  );
}

export function judgePrefix(cookie: SetCookie, { endpoints }: Target, all: readonly SetCookie[]): Finding | undefined {
  const { name } = cookie;
  if (breaksPrefix(cookie)) {
    return error(
      'cookie-prefix',
      `${name} lacks the attributes that its prefix asks for`,
      'Browsers do not keep it: the sign-in succeeds, and a reload signs the user out.',
      '__Host- asks for Secure, Path=/ and no Domain; __Secure- asks for Secure.',
    );
  }
  const isBound = all.some((other) => other.name.startsWith('__Host-'));
  if (isBound || endpoints['sign-in'].protocol === 'http:') return undefined;
  return warning(
    'cookie-prefix',
    `${name} has no __Host- prefix`,
    'A sibling domain can set a cookie of the same name, and so sign the user in as somebody else.',
    'Call it __Host-…, with Secure, Path=/ and no Domain. If it has to have a Path, bind it to a second cookie with __Host-.',
  );
}

// The prefixes count in any case (RFC 6265bis section 5.7).
function breaksPrefix({ name, isSecure, path, domain }: SetCookie): boolean {
  if (/^__secure-/i.test(name)) return !isSecure;
  return /^__host-/i.test(name) && !(isSecure && path === '/' && domain === undefined);
}

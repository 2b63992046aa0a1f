import { discard } from '../platform/bodies.ts';
import { abortAfter } from '../platform/with-timeout.ts';
import { type CsrfProtection, isHeaderName } from './auth-request.ts';
import { endpointUrl } from './endpoint.ts';

/** A CSRF token that the server keeps in a cookie which script may read, and expects in a header. */
export interface CsrfCookieOptions {
  /** The name of the cookie, for example `XSRF-TOKEN`. */
  readonly cookie: string;
  /** The header that repeats its value, for example `X-XSRF-TOKEN`. */
  readonly header: string;
  /**
   * Where a `GET` sets the cookie, for example `/sanctum/csrf-cookie`: absolute, or relative to the origin of
   * the page. Without it, requests are sent without the header while there is no cookie.
   */
  readonly url?: string | URL;
}

/** The longest that a request waits for the cookie. */
const FETCH_TIMEOUT_MS = 5000;

/**
 * For the option `csrf`: repeats a readable cookie in a header of sign-in, refresh and sign-out. With a
 * `url`, a missing cookie is fetched before the request. After 419 or 403, which say that the server has done
 * nothing, it is fetched again, and the request is sent once more if the cookie has changed.
 *
 * Throws a `TypeError` that names the wrong option.
 */
export function csrfCookie({ cookie, header, url }: CsrfCookieOptions): CsrfProtection {
  // A name with these characters is cut by the browser, and never found.
  if (typeof cookie !== 'string' || !/^[^\s=;]+$/.test(cookie)) throw misuse('cookie', 'the name of a cookie');
  if (!isHeaderName(header)) throw misuse('header', 'the name of a header');
  if (url !== undefined && !isAddress(url)) throw misuse('url', 'an address, such as /csrf-cookie');

  return (platform) => {
    let fetching: Promise<number> | undefined;
    let hasReported = false;

    /**
     * The cookie's value. A value that no header can hold does not count: another site of the domain may have
     * set it.
     */
    const read = (): string | undefined => {
      const value = cookieIn(cookie, platform.page.cookies()) ?? '';
      return /^[ -~]+$/.test(value) ? value : undefined;
    };

    /** Fetches the cookie, once for all requests that need it now. Resolves with the status. */
    const fetchOnce = (from: string | URL): Promise<number> => {
      fetching ??= get(platform, from).finally(() => {
        fetching = undefined;
      });
      return fetching;
    };

    /**
     * Waits until the cookie is there. Rejects if it does not come: a request without it would be refused for
     * another reason.
     */
    const obtain = async (from: string | URL): Promise<void> => {
      const status = await fetchOnce(from);
      if (read() !== undefined) return;
      const error = new Error(
        `The CSRF cookie \`${cookie}\` was not there after a GET of \`csrf.url\`, which was answered ${status}. ` +
          'The cookie has to be set by that answer, readable by script (no HttpOnly), for the domain and path of this page.',
      );
      if (status < 500 && !hasReported) platform.report(error);
      hasReported ||= status < 500;
      throw error;
    };

    return async (send) => {
      if (url !== undefined && read() === undefined) await obtain(url);
      const sent = read();
      const response = await send(headersOf(header, sent));
      if (response.status !== 419 && response.status !== 403) return response;
      if (url !== undefined) await fetchOnce(url).catch(() => {});
      const now = read();
      // The same header would be refused again, and a sign-in counted as another attempt.
      if (now === undefined || now === sent) return response;
      discard(response);
      return send(headersOf(header, now));
    };
  };
}

/** A plain GET with cookies: never the access token, and no header that would need a preflight. */
function get({ clock, page, fetch }: Parameters<CsrfProtection>[0], from: string | URL): Promise<number> {
  return abortAfter(clock, FETCH_TIMEOUT_MS, async (signal) => {
    const response = await fetch(endpointUrl(from, page).href, {
      headers: { Accept: 'application/json' },
      credentials: 'include',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal,
    });
    discard(response);
    return response.status;
  });
}

function cookieIn(name: string, cookies: string): string | undefined {
  const value = cookies
    .split('; ')
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);
  try {
    return value === undefined ? undefined : decodeURIComponent(value);
  } catch {
    return value;
  }
}

function headersOf(header: string, value: string | undefined): Readonly<Record<string, string>> {
  return value === undefined ? {} : { [header]: value };
}

function isAddress(value: unknown): boolean {
  if (!(value instanceof URL) && (typeof value !== 'string' || value === '')) return false;
  try {
    return Boolean(new URL(value, 'https://page.test'));
  } catch {
    return false;
  }
}

function misuse(option: string, takes: string): TypeError {
  return new TypeError(`\`csrfCookie\`: \`${option}\` takes ${takes}.`);
}

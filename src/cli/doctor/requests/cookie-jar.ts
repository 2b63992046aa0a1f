import { deletes, parseSetCookie } from '../cookies/set-cookie.ts';

/**
 * Cookies by name, each sent wherever it may have to go: whether a browser would is for the checks to say, so that one
 * wrong attribute is one finding and does not hide what comes after it.
 */
export interface CookieJar {
  readonly cookies: ReadonlyMap<string, string>;
  keep(setCookies: readonly string[]): void;
  /** A jar with the same cookies, which goes its own way. */
  copy(): CookieJar;
}

export function createCookieJar(initial: ReadonlyMap<string, string> = new Map()): CookieJar {
  const cookies = new Map(initial);
  return {
    cookies,
    keep(setCookies) {
      for (const field of setCookies) {
        const cookie = parseSetCookie(field, Date.now());
        if (deletes(cookie)) cookies.delete(cookie.name);
        else cookies.set(cookie.name, cookie.value);
      }
    },
    copy: () => createCookieJar(cookies),
  };
}

import type { AuthRequestHeaders } from '../../auth-server/auth-request.ts';
import { addressOf, type Endpoint } from '../../auth-server/endpoint.ts';
import type { PageInfo, Platform } from '../../platform/platform.ts';
import { resolve } from '../../requests/origins.ts';
import type { Warnings } from './warnings.ts';

interface ReachWatchParts {
  readonly page: Pick<PageInfo, 'address' | 'origin'>;
  readonly fetch: Platform['nativeFetch'];
  readonly headers: Required<AuthRequestHeaders>;
  readonly allowedOrigins: ReadonlySet<string>;
  readonly warnings: Warnings;
}

/** Finds out why a request to another origin got no answer: its server is down, or CORS keeps its answers from the page. */
export function createReachWatch({ page, fetch, headers, allowedOrigins, warnings }: ReachWatchParts) {
  const asked = new Set<string>();

  const ask = async (to: URL, sent: readonly (string | false)[], isWithCookies: boolean): Promise<void> => {
    const own = page.origin();
    if (own === undefined || to.origin === own || asked.has(to.origin)) return;
    asked.add(to.origin);
    try {
      // This needs no CORS headers. The page sees nothing of the answer but that there is one.
      const how = { mode: 'no-cors', credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer' } as const;
      await fetch(`${to.origin}/`, how);
    } catch {
      asked.delete(to.origin);
      return;
    }
    const isOtherSite = isWithCookies && !isSameSite(to.hostname, new URL(own).hostname);
    warnings.warn(
      'another-origin-whose-answers-are-kept-back',
      `${to.origin} is up, but this page gets no answers from it: the browser probably keeps them back (CORS), and says so ` +
        `beside this. They need \`Access-Control-Allow-Origin: ${own}\`` +
        `${isWithCookies ? ' and `Access-Control-Allow-Credentials: true`' : ''}. The answer to OPTIONS also needs ` +
        `\`Access-Control-Allow-Methods\` and \`Access-Control-Allow-Headers: ${sent.filter(Boolean).join(', ')}\`. With ` +
        `silent-refresh/server, set \`allowedOrigins: ['${own}']\`.` +
        (isOtherSite
          ? ' Besides, this page and that server are two sites, between which browsers send no SameSite=Strict or Lax cookie: ' +
            'serve both from one site (localhost and 127.0.0.1 are two), or through a proxy.'
          : ''),
    );
  };

  const answered = async (response: Promise<Response>, to: URL): Promise<Response> => {
    try {
      return await response;
    } catch (error) {
      if (error instanceof TypeError) void ask(to, ['authorization'], false);
      throw error;
    }
  };

  return {
    /** A request to an endpoint got no answer. */
    endpoint: (endpoint: Endpoint) => {
      const address = addressOf(endpoint, page);
      if (address !== undefined)
        void ask(new URL(address), ['content-type', headers.client, headers.idempotencyKey], true);
    },
    /** The response of a call, looked at if it goes to an API on another origin. */
    call: (to: RequestInfo | URL, response: Promise<Response>): Promise<Response> => {
      const url = resolve(to, page.address());
      return url !== undefined && allowedOrigins.has(url.origin) ? answered(response, url) : response;
    },
  };
}

/** By the last two labels, which is right for most hosts. Addresses and names without a dot have to be equal. */
function isSameSite(one: string, other: string): boolean {
  const site = (host: string) => (/[a-z]$/.test(host) ? host.split('.').slice(-2).join('.') : host);
  return site(one) === site(other) || [one, other].every((host) => /(^|\.)localhost$/.test(host));
}

import type { EndpointName, Method } from './exchange.ts';
import type { AnswerFields } from './tokens-of.ts';

/** What is checked: where the endpoints are, how they are asked and what they call things, and whose pages ask them. */
export interface Target {
  readonly endpoints: Readonly<Record<EndpointName, URL>>;
  readonly methods: Readonly<Record<EndpointName, Method>>;
  readonly answerFields: AnswerFields;
  /** The names of the headers that the client adds. */
  readonly headers: { readonly client: string; readonly idempotencyKey: string };
  /** The origin of the app's pages. */
  readonly pageOrigin: string;
}

/** How a page's origin is related to an address, as browsers see it. */
export type Relation = 'same-origin' | 'same-site' | 'cross-site';

/**
 * How the page is related to an address. Two hosts whose last two labels are the same are taken for one site: without the
 * list of public suffixes, `a.github.io` and `b.github.io` cannot be told from `a.example.com` and `b.example.com`.
 */
export function relationTo({ pageOrigin }: Target, url: URL): Relation {
  const page = new URL(pageOrigin);
  if (page.origin === url.origin) return 'same-origin';
  return page.protocol === url.protocol && siteOf(page.hostname) === siteOf(url.hostname) ? 'same-site' : 'cross-site';
}

/** The headers of the client's request that a browser asks for in a preflight. */
export function headersAskedFor({ headers }: Target, endpoint: EndpointName): readonly string[] {
  return [headers.client, endpoint === 'refresh' ? headers.idempotencyKey : 'Content-Type'];
}

/** An address as it may be printed: without its query. */
export function printable({ origin, pathname }: URL): string {
  return origin + pathname;
}

function siteOf(hostname: string): string {
  const isAddress = /^[\d.]+$|^\[/.test(hostname);
  return isAddress ? hostname : hostname.split('.').slice(-2).join('.');
}

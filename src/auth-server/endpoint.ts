import type { PageInfo } from '../platform/platform.ts';

/** Where an endpoint is (absolute, or relative to the origin of the page), or what to call instead of `fetch`. */
export type Endpoint = string | URL | ((init: RequestInit) => Promise<Response>);

/** The options under `endpoints`. */
export type EndpointName = 'signIn' | 'refresh' | 'signOut';

/**
 * Where an endpoint is. A relative address is resolved against the origin of the page and not the document's
 * base, because credentials must not follow a `<base>` element elsewhere. The page of a file or of a
 * sandboxed frame has no origin, and no credentials either. Throws if that is no valid address.
 */
export function endpointUrl(endpoint: string | URL, page: Pick<PageInfo, 'address' | 'origin'>): URL {
  const origin = page.origin();
  return new URL(endpoint, origin === 'null' ? page.address() : origin);
}

/** The address of an endpoint without its query; `undefined` for one that is a function, or has no valid address. */
export function addressOf(endpoint: Endpoint, page: Pick<PageInfo, 'address' | 'origin'>): string | undefined {
  if (typeof endpoint === 'function') return undefined;
  try {
    const { origin, pathname } = endpointUrl(endpoint, page);
    return origin + pathname;
  } catch {
    return undefined;
  }
}

import type { PageInfo } from '../platform/platform.ts';

/**
 * Where an address of the auth server is. It is seen from the origin of the page and not from the document's base: credentials
 * do not follow a `<base>` element elsewhere. A sandboxed frame has no origin, and no credentials either.
 */
export const endpointUrl = (endpoint: string | URL, page: Pick<PageInfo, 'address' | 'origin'>): string => {
  const origin = page.origin();
  return new URL(endpoint, origin === 'null' ? page.address() : origin).href;
};

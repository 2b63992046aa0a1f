import { type Endpoint, endpointUrl } from '../auth-server/endpoint.ts';
import type { PageInfo } from '../platform/platform.ts';
import { shortHash } from '../session/short-hash.ts';

/**
 * What a session is called among the pages of the origin: as the app says, else by the address of its refresh
 * endpoint. `undefined` if that is a function, because two clients could not be told apart then.
 */
export function sessionNaming(
  given: string | undefined,
  refresh: Endpoint,
  page: Pick<PageInfo, 'address' | 'origin'>,
): (() => string) | undefined {
  if (given !== undefined) return () => given;
  return typeof refresh === 'function' ? undefined : () => defaultName(refresh, page);
}

/**
 * Two endpoints that differ in their query alone may belong to two organisations, so the query counts: as a
 * hash, because no query is kept in storage.
 */
function defaultName(refresh: string | URL, page: Pick<PageInfo, 'address' | 'origin'>): string {
  try {
    const { protocol, host, pathname, search } = endpointUrl(refresh, page);
    return `${protocol}//${host}${pathname}${search && `?${shortHash(search)}`}`;
  } catch {
    // Nothing can be asked there. Still, no other client has this name.
    return `endpoint:${shortHash(String(refresh))}`;
  }
}

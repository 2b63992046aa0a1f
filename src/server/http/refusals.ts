import type { AuthorityEvent, Endpoint, RefusalReason } from '../events.ts';
import { errorAnswer } from './answers.ts';

/** Refuses a request: tells the listener why, and gives the answer. */
export type Refuse = (endpoint: Endpoint, reason: RefusalReason) => Response;

/** What to do about each refusal, for the developer: whole sentences. */
export const ADVICE: Readonly<Record<RefusalReason, string>> = {
  path: 'This is not a path of the authority. It has to see the whole path, without a slash at the end: pass on the original URL, or set `paths`.',
  method: 'The authority answers POST, and OPTIONS for CORS preflights.',
  header: 'The request has no X-Auth-Client header. The client sends it; see whether a proxy drops it.',
  origin:
    "The page's origin is neither the authority's own nor in `allowedOrigins`. If a proxy changes the Host header or ends TLS, set `origin` to what the browser's address bar shows.",
  'cross-site':
    'The page is of another site than the authority, so browsers keep the SameSite=Strict cookie back. Serve both from one site (localhost and 127.0.0.1 are two), or through a proxy.',
  'fetch-metadata': 'By its Sec-Fetch headers the request does not come from a fetch() of a page of this site.',
  'ambiguous-cookies':
    'Several refresh cookies came along, and which one is meant cannot be told. Delete the cookies of this host and its parent domains; give two apps on one host different names with `cookie.name`.',
  'folded-cookies':
    'The cookie fields are joined by a comma, where a sibling host could have put ours. Have the host join them by a semicolon (RFC 9113 section 8.2.3).',
  'not-loopback': 'The dev cookie profile answers on localhost only; elsewhere use host or path over https.',
};

/**
 * Makes the refusal of requests. The answer says no more than it must, since whoever is refused may be an attacker; in
 * the `dev` cookie profile it says why and what to set.
 */
export function createRefuse(isDev: boolean, now: () => number, emit: (event: AuthorityEvent) => void): Refuse {
  return (endpoint, reason) => {
    emit({ type: 'request-refused', at: now(), endpoint, reason });
    const more = isDev ? { error_description: ADVICE[reason] } : {};
    switch (reason) {
      case 'path':
        return errorAnswer(404, 'not_found', more);
      case 'method':
        return errorAnswer(405, 'method_not_allowed', more, { Allow: 'POST, OPTIONS' });
      case 'not-loopback':
        return errorAnswer(500, 'server_error', more);
      default:
        return errorAnswer(403, 'request_refused', more);
    }
  };
}

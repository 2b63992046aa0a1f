import type { Platform } from '../platform/platform.ts';
import { type Endpoint, type EndpointName, endpointUrl } from './endpoint.ts';
import { callEndpoint, type EndpointFault } from './endpoint-fault.ts';

/** The names of the headers that the client adds to its own requests; `false` leaves one out. */
export interface AuthRequestHeaders {
  /** Forces a preflight on other origins, which is what keeps forged requests out. Default `X-Auth-Client`. */
  readonly client?: string | false;
  /** Default `Idempotency-Key`. */
  readonly idempotencyKey?: string | false;
}

/** Whether a text can be the name of a header (RFC 9110 §5.6.2). */
export function isHeaderName(value: unknown): value is string {
  return typeof value === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(value);
}

/** What auth requests need of the platform. */
type RequestPlatform = Pick<Platform, 'clock' | 'page' | 'fetch' | 'report'>;

/** Sends a request with headers that protect it from forgery. It may send it again, if a newer token is asked for. */
export type CsrfProtection = (
  platform: RequestPlatform,
) => (send: (headers: Readonly<Record<string, string>>) => Promise<Response>) => Promise<Response>;

/** What one request has that the others may not have. */
export interface AuthRequest {
  /** The option that the endpoint comes from, for messages. */
  readonly name: EndpointName;
  readonly key?: string;
  /** A text is JSON. */
  readonly body?: BodyInit | undefined;
  /** Outlives the page. The body is limited to 64 KiB then. */
  readonly keepalive: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Sends a request to an endpoint of the auth server: with the cookie, never cached, following no redirect,
 * without a referrer. The response is not judged here. An endpoint function that fails by a mistake in the
 * app is reported, once for each mistake.
 */
export type SendAuthRequest = (endpoint: Endpoint, request: AuthRequest) => Promise<Response>;

export function createAuthRequest(
  platform: RequestPlatform,
  names: Required<AuthRequestHeaders>,
  csrf?: CsrfProtection,
): SendAuthRequest {
  const protectedSend = csrf?.(platform);
  const reported = new Set<string>();
  /** A function that is called again and again fails in the same way each time. */
  const reportOnce = (fault: EndpointFault) => {
    if (reported.has(fault.message)) return;
    reported.add(fault.message);
    platform.report(fault);
  };
  return async (endpoint, { name, key, body, keepalive, signal }) => {
    const headers: Record<string, string> = { Accept: 'application/json' };
    if (typeof body === 'string') headers['Content-Type'] = 'application/json';
    if (names.client !== false) headers[names.client] = '1';
    if (names.idempotencyKey !== false && key !== undefined) headers[names.idempotencyKey] = key;
    const init: RequestInit = {
      method: 'POST',
      credentials: 'include',
      cache: 'no-store',
      // So that a redirect is seen as one; with `error` it would look like a network error.
      redirect: 'manual',
      referrerPolicy: 'no-referrer',
      keepalive,
      ...(body !== undefined && { body }),
      ...(signal !== undefined && { signal }),
    };
    const send = async (more: Readonly<Record<string, string>>): Promise<Response> => {
      const sent = { ...init, headers: { ...headers, ...more } };
      return typeof endpoint === 'function'
        ? callEndpoint(name, endpoint, sent, reportOnce)
        : platform.fetch(endpointUrl(endpoint, platform.page).href, sent);
    };
    return protectedSend === undefined ? send({}) : protectedSend(send);
  };
}

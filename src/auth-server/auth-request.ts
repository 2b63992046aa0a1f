import type { Platform } from '../platform/platform.ts';
import type { CsrfProtection } from './csrf-cookie.ts';
import { callEndpoint, type EndpointFault, type EndpointName } from './endpoint-fault.ts';
import { endpointUrl } from './endpoint-url.ts';

/** Where an endpoint is (absolute, or seen from the origin of the page), or what to call instead of `fetch`. */
export type Endpoint = string | URL | ((init: RequestInit) => Promise<Response>);

/** Where an endpoint is, without its query; `undefined` for one that is a function. */
export const addressOf = (endpoint: Endpoint, base?: string): string | undefined => {
  if (typeof endpoint === 'function') return undefined;
  try {
    const { origin, pathname } = new URL(String(endpoint), base);
    return origin + pathname;
  } catch {
    return undefined;
  }
};

/** The names of the headers that the client adds to its own requests; `false` leaves one out. */
export interface AuthRequestHeaders {
  /** Forces a preflight on other origins, which is what keeps forged requests out. Default `X-Auth-Client`. */
  readonly client?: string | false;
  /** Default `Idempotency-Key`. */
  readonly idempotencyKey?: string | false;
}

/** What one request carries beside what all do. */
export interface AuthRequest {
  /** The option that the endpoint comes from, for messages. */
  readonly name: EndpointName;
  readonly key?: string;
  readonly body?: BodyInit | undefined;
  readonly contentType?: string | undefined;
  /** Outlives the page. The body is limited to 64 KiB then. */
  readonly keepalive: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Asks an endpoint of the auth server: cookie included, never cached, no redirect followed, no referrer. The answer is not
 * judged here. An endpoint function that fails by a mistake in the app is reported, once for each mistake.
 */
export type SendAuthRequest = (endpoint: Endpoint, question: AuthRequest) => Promise<Response>;

export const createAuthRequest = (
  platform: Pick<Platform, 'clock' | 'page' | 'fetch' | 'report'>,
  names: Required<AuthRequestHeaders>,
  csrf?: CsrfProtection,
): SendAuthRequest => {
  const protectedSend = csrf?.(platform);
  const reported = new Set<string>();
  /** A function that is asked again and again fails the same way each time. */
  const reportOnce = (fault: EndpointFault) => {
    if (reported.has(fault.message)) return;
    reported.add(fault.message);
    platform.report(fault);
  };
  return async (endpoint, { name, key, body, contentType, keepalive, signal }) => {
    const headers: Record<string, string> = { Accept: 'application/json' };
    if (contentType !== undefined) headers['Content-Type'] = contentType;
    if (names.client !== false) headers[names.client] = '1';
    if (names.idempotencyKey !== false && key !== undefined) headers[names.idempotencyKey] = key;
    const init: RequestInit = {
      method: 'POST',
      credentials: 'include',
      cache: 'no-store',
      // Seen as what it is, where `error` would be taken for a network error.
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
        : platform.fetch(endpointUrl(endpoint, platform.page), sent);
    };
    return protectedSend === undefined ? send({}) : protectedSend(send);
  };
};

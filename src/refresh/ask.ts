import type { Platform } from '../platform/platform.ts';
import type { CsrfProtection } from './csrf-cookie.ts';
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
export interface AskHeaders {
  /** Forces a preflight on other origins, which is what keeps forged requests out. Default `X-Auth-Client`. */
  readonly client?: string | false;
  /** Default `Idempotency-Key`. */
  readonly idempotencyKey?: string | false;
}

/** What one request carries beside what all do. */
export interface Question {
  readonly key?: string;
  readonly body?: BodyInit | undefined;
  readonly contentType?: string | undefined;
  /** Outlives the page. The body is limited to 64 KiB then. */
  readonly keepalive: boolean;
  /** Default `error`: what is led elsewhere is no answer. */
  readonly redirect?: 'manual';
  readonly signal?: AbortSignal;
}

/**
 * Asks an endpoint of the auth server: cookie included, never cached, no redirect followed, no referrer. The answer is not
 * judged here.
 */
export type Ask = (endpoint: Endpoint, question: Question) => Promise<Response>;

export const createAsk = (
  platform: Pick<Platform, 'clock' | 'page' | 'fetch' | 'report'>,
  names: Required<AskHeaders>,
  csrf?: CsrfProtection,
): Ask => {
  const protectedSend = csrf?.(platform);
  return async (endpoint, { key, body, contentType, keepalive, redirect, signal }) => {
    const headers: Record<string, string> = { Accept: 'application/json' };
    if (contentType !== undefined) headers['Content-Type'] = contentType;
    if (names.client !== false) headers[names.client] = '1';
    if (names.idempotencyKey !== false && key !== undefined) headers[names.idempotencyKey] = key;
    const init: RequestInit = {
      method: 'POST',
      credentials: 'include',
      cache: 'no-store',
      redirect: redirect ?? 'error',
      referrerPolicy: 'no-referrer',
      keepalive,
      ...(body !== undefined && { body }),
      ...(signal !== undefined && { signal }),
    };
    const send = async (more: Readonly<Record<string, string>>): Promise<Response> => {
      const sent = { ...init, headers: { ...headers, ...more } };
      return typeof endpoint === 'function'
        ? endpoint(sent)
        : platform.fetch(endpointUrl(endpoint, platform.page), sent);
    };
    return protectedSend === undefined ? send({}) : protectedSend(send);
  };
};

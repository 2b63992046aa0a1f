import { advise } from '#advice';
import type { Platform } from '../platform/platform.ts';
import { isRequest, resolve } from './origins.ts';
import { readInit } from './request-init.ts';

type Fetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

/** A request of the client's own, on its way through a `fetch` that may lead back to the client. */
interface Sent {
  readonly href: string | undefined;
  readonly place: string | undefined;
  /** The token that it carries; `null` for none. */
  readonly authorization: string | null;
  readonly isAuthRequest: boolean;
  /** The headers by which a request to the auth server is known, though its query has changed on the way. */
  readonly marks: readonly (readonly [name: string, value: string])[];
}

/** The `fetch` that the client's own requests go out by. */
export interface OwnFetch {
  /** Sends a call of the app. */
  readonly call: Fetch;
  /** Sends a request to the auth server. */
  readonly authRequest: Fetch;
  /** Whether a call is one of those requests, come back: then it is to be sent by `native`, as it is. */
  isOwn(input: RequestInfo | URL, init: RequestInit | undefined): boolean;
  readonly native: Fetch;
}

/**
 * An app may put `authFetch` in the place of the global `fetch`, or behind a wrapper that stands there; and the `given` one,
 * of the options, may lead to it, too. What the client sends then comes back to it, as the very objects, as copies of them, or
 * as a `Request` made of them, at once or later. It is known by what it was sent with.
 */
export const createOwnFetch = (
  { page, fetch, nativeFetch, isFetchReplaced, report }: Platform,
  given: Fetch | undefined,
): OwnFetch => {
  const ownInits = new WeakSet<object>();
  const sent = new Set<Sent>();
  /** Where the request goes that is being handed over at this moment, and whether that is the last resort. */
  let handedOver: RequestInfo | URL | undefined;
  let isLastResort = false;

  const hrefOf = (input: RequestInfo | URL) => resolve(input, page.address())?.href;

  /** The address without its query, to which wrappers add things. */
  const placeOf = (input: RequestInfo | URL) => {
    const url = resolve(input, page.address());
    return url && url.origin + url.pathname;
  };

  const handOver = (to: Fetch, isLast: boolean, input: RequestInfo | URL, init: RequestInit | undefined) => {
    const before = handedOver;
    const wasLast = isLastResort;
    handedOver = input;
    isLastResort = isLast;
    try {
      return to(input, init);
    } finally {
      handedOver = before;
      isLastResort = wasLast;
    }
  };

  const native: Fetch = (input, init) => {
    if (isLastResort && handedOver !== undefined && hrefOf(handedOver) === hrefOf(input)) {
      const error = new TypeError(
        `The global \`fetch\` led back to \`authFetch\` before the client was created.${advise('fetch loop')}`,
      );
      // Most of what waits for this takes it for a network error.
      report(error);
      throw error;
    }
    return handOver(nativeFetch, true, input, init);
  };

  const send = (input: RequestInfo | URL, init: RequestInit | undefined, isAuthRequest: boolean): Promise<Response> => {
    if (given === undefined && !isFetchReplaced()) return native(input, init);
    const own = { ...readInit(init) };
    const headers = headersOf(input, own);
    const one: Sent = {
      href: hrefOf(input),
      place: placeOf(input),
      authorization: headers.get('authorization'),
      isAuthRequest,
      marks: isAuthRequest ? [...headers].filter(([name]) => !/^(accept|content-type)$/.test(name)) : [],
    };
    // Nothing tells a bare request that comes back from another one to the same place, and both may take the direct way.
    if (!isAuthRequest && one.authorization === null && isOnItsWay(one)) return native(input, own);
    ownInits.add(own);
    sent.add(one);
    const done = () => void sent.delete(one);
    try {
      const response = handOver(given ?? fetch, false, input, own);
      Promise.resolve(response).then(done, done);
      return response;
    } catch (error) {
      done();
      throw error;
    }
  };

  const isOnItsWay = ({ href, authorization }: Sent): boolean =>
    [...sent].some((other) => other.href === href && other.authorization === authorization);

  return {
    native,
    call: (input, init) => send(input, init, false),
    authRequest: (input, init) => send(input, init, true),
    isOwn: (input, init) => {
      if (handedOver === undefined && sent.size === 0) return false;
      if (init && ownInits.has(init)) return true;
      const href = hrefOf(input);
      if (handedOver !== undefined && hrefOf(handedOver) === href) return true;
      const place = placeOf(input);
      const alike = [...sent].filter((one) => one.place === place);
      if (alike.length === 0) return false;
      const headers = headersOf(input, readInit(init));
      return alike.some(({ isAuthRequest, href: sentTo, marks, authorization }) =>
        isAuthRequest
          ? sentTo === href || (marks.length > 0 && marks.every(([name, value]) => headers.get(name) === value))
          : authorization !== null && authorization === headers.get('authorization'),
      );
    },
  };
};

const headersOf = (input: RequestInfo | URL, { headers }: RequestInit): Headers => {
  try {
    return new Headers(headers ?? (isRequest(input) ? input.headers : undefined));
  } catch {
    // `fetch` will say what is wrong with them.
    return new Headers();
  }
};

import { advise } from '#advice';
import type { Platform } from '../platform/platform.ts';
import { isRequest, resolve } from './origins.ts';
import { readInit } from './replay/request-init.ts';

type Fetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

/** A request of the client's own, on its way through a `fetch` that may lead back to the client. */
interface OwnRequest {
  readonly href: string | undefined;
  /** The address without its query, to which wrappers add things. */
  readonly address: string | undefined;
  /**
   * The headers by which the client recognises it when it comes back: the token of a call, or those of a
   * request to the auth server.
   */
  readonly marks: readonly (readonly [name: string, value: string])[];
  readonly isAuthRequest: boolean;
}

/**
 * A member of the `init` of requests to the auth server. If the global `fetch` is the `authFetch` of another
 * client, that client adds no token of its own. Any other `fetch` ignores it.
 */
const WITHOUT_TOKEN = { auth: { token: 'none' } };

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
 * An app may put `authFetch` in the place of the global `fetch`, or behind a wrapper that is there; and the
 * `given` one, of the options, may lead to it, too. What the client sends then comes back to it, as the very
 * objects, as copies of them, or as a `Request` made of them, at once or later. The client recognises it by
 * what it was sent with.
 */
export function createOwnFetch(
  { page, fetch, nativeFetch, isFetchReplaced, report }: Platform,
  given: Fetch | undefined,
): OwnFetch {
  const ownInits = new WeakSet<object>();
  const underWay = new Set<OwnRequest>();
  /** The request that is being handed to a `fetch` at this moment. `isLast`: to the native one. */
  let handingOver: { readonly input: RequestInfo | URL; readonly isLast: boolean } | undefined;

  const locate = (input: RequestInfo | URL) => {
    const url = resolve(input, page.address());
    return { href: url?.href, address: url && url.origin + url.pathname };
  };

  const isHandedOver = ({ href }: Pick<OwnRequest, 'href'>) =>
    handingOver !== undefined && locate(handingOver.input).href === href;

  const handOver = (to: Fetch, isLast: boolean, input: RequestInfo | URL, init: RequestInit | undefined) => {
    const before = handingOver;
    handingOver = { input, isLast };
    try {
      return to(input, init);
    } finally {
      handingOver = before;
    }
  };

  const native: Fetch = (input, init) => {
    if (handingOver?.isLast && isHandedOver(locate(input))) {
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
    // What is not the app's is a plain object already, and its `auth` is for other clients.
    const own = isAuthRequest ? { ...init } : { ...readInit(init) };
    const marks = [...headersOf(input, own)].filter(([name]) =>
      isAuthRequest ? !/^(accept|content-type)$/.test(name) : name === 'authorization',
    );
    const request: OwnRequest = { ...locate(input), marks, isAuthRequest };
    const isUnmarkedTwin = (other: OwnRequest) =>
      other.href === request.href && other.marks.length + marks.length === 0;
    // A call without a token that comes back cannot be told from another one to the same place, and both may
    // take the direct way.
    if (!isAuthRequest && [...underWay].some(isUnmarkedTwin)) return native(input, own);
    ownInits.add(own);
    underWay.add(request);
    const done = () => void underWay.delete(request);
    try {
      const response = handOver(given ?? fetch, false, input, own);
      Promise.resolve(response).then(done, done);
      return response;
    } catch (error) {
      done();
      throw error;
    }
  };

  return {
    native,
    call: (input, init) => send(input, init, false),
    authRequest: (input, init) => send(input, { ...init, ...WITHOUT_TOKEN }, true),
    isOwn: (input, init) => {
      if (handingOver === undefined && underWay.size === 0) return false;
      if (init && ownInits.has(init)) return true;
      const located = locate(input);
      if (isHandedOver(located)) return true;
      const alike = [...underWay].filter(({ address }) => address === located.address);
      if (alike.length === 0) return false;
      const headers = headersOf(input, readInit(init));
      return alike.some(
        ({ isAuthRequest, href, marks }) =>
          (isAuthRequest && href === located.href) ||
          (marks.length > 0 && marks.every(([name, value]) => headers.get(name) === value)),
      );
    },
  };
}

function headersOf(input: RequestInfo | URL, { headers }: RequestInit): Headers {
  try {
    return new Headers(headers ?? (isRequest(input) ? input.headers : undefined));
  } catch {
    // `fetch` will say what is wrong with them.
    return new Headers();
  }
}

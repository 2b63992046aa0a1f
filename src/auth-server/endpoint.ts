import { advise, explainThrown, kindOf } from '#advice';
import type { PageInfo } from '../platform/platform.ts';

/** Where an endpoint is (absolute, or relative to the origin of the page), or what to call instead of `fetch`. */
export type Endpoint = string | URL | ((init: RequestInit) => Promise<Response>);

/** The options under `endpoints`. */
export type EndpointName = 'signIn' | 'refresh' | 'signOut';

/**
 * What relative addresses of endpoints are resolved against: the origin of the page and not the document's base, because
 * credentials must not follow a `<base>` element elsewhere. The page of a file or of a sandboxed frame has no origin, and no
 * credentials either.
 */
export const endpointBase = (page: Pick<PageInfo, 'address' | 'origin'>): string | undefined => {
  const origin = page.origin();
  return origin === 'null' ? page.address() : origin;
};

/** The address of an endpoint without its query; `undefined` for one that is a function, or has no valid address. */
export const addressOf = (endpoint: Endpoint, base: string | undefined): string | undefined => {
  if (typeof endpoint === 'function') return undefined;
  try {
    const { origin, pathname } = new URL(endpoint, base);
    return origin + pathname;
  } catch {
    return undefined;
  }
};

/** A function given as an endpoint is at fault, not the network: trying again does not help, so somebody has to hear of it. */
export class EndpointFault extends TypeError {}

/**
 * Calls a function given as an endpoint. Rejects with an `EndpointFault` if it gives no response, which is reported, and with
 * what it throws. The development build reports that as well, unless the network has failed.
 */
export const callEndpoint = async (
  name: EndpointName,
  endpoint: (init: RequestInit) => Promise<Response>,
  init: RequestInit,
  report: (fault: EndpointFault) => void,
): Promise<Response> => {
  let response: unknown;
  try {
    response = await endpoint(init);
  } catch (error) {
    const explained = explainThrown(name, error);
    if (explained !== undefined) report(new EndpointFault(explained, { cause: error }));
    throw error;
  }
  if (isResponse(response) && !response.bodyUsed) return response;
  const given = isResponse(response) ? `one that was read already${advise('read body')}` : kindOf(response);
  const fault = new EndpointFault(
    `\`endpoints.${name}\` must resolve with the Response of \`fetch\`, but gave ${given}.`,
  );
  report(fault);
  throw fault;
};

/** Not `instanceof`: it may come from another realm, or from a stand-in for `fetch`. */
const isResponse = (value: unknown): value is Response => {
  const { status, headers, text } = Object(value) as Partial<Response>;
  return typeof status === 'number' && typeof headers?.get === 'function' && typeof text === 'function';
};

import { advise, explainThrown, kindOf } from '#advice';
import type { EndpointName } from './endpoint.ts';

/** A function given as an endpoint is at fault, not the network: trying again does not help, so it is reported. */
export class EndpointFault extends TypeError {}

/**
 * Calls a function given as an endpoint. Rejects with an `EndpointFault` if it gives no response, which is
 * reported, and with what it throws. The development build reports that as well, unless the network has
 * failed.
 */
export async function callEndpoint(
  name: EndpointName,
  endpoint: (init: RequestInit) => Promise<Response>,
  init: RequestInit,
  report: (fault: EndpointFault) => void,
): Promise<Response> {
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
}

/** Not by `instanceof`: it may come from another realm, or from a substitute for `fetch`. */
function isResponse(value: unknown): value is Response {
  const { status, headers, text } = Object(value) as Partial<Response>;
  return typeof status === 'number' && typeof headers?.get === 'function' && typeof text === 'function';
}

/** The options under `endpoints`. */
export type EndpointName = 'signIn' | 'refresh' | 'signOut';

/** A function given as an endpoint is at fault, not the network: trying again does not help, so somebody has to hear of it. */
export class EndpointFault extends TypeError {}

/**
 * Calls a function given as an endpoint. Rejects with an `EndpointFault` where it gives no response, and with what it throws.
 * `report` is told of an `EndpointFault` for either, unless it is the network that failed.
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
    if (!isNetworkError(error)) report(thrown(name, error));
    throw error;
  }
  if (isResponse(response)) return response;
  const fault = new EndpointFault(
    `\`endpoints.${name}\` must resolve with the Response of \`fetch\`, but gave ${kindOf(response)}.`,
  );
  report(fault);
  throw fault;
};

const thrown = (name: EndpointName, cause: unknown): EndpointFault =>
  new EndpointFault(
    `\`endpoints.${name}\` threw ${cause instanceof Error ? cause.name : kindOf(cause)}. It must resolve with the Response, whatever its status, and reject only where there is none.`,
    { cause },
  );

const kindOf = (value: unknown): string => {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
};

/** Not `instanceof`: it may come from another realm, or from a stand-in for `fetch`. */
const isResponse = (value: unknown): value is Response => {
  const { status, headers, text } = Object(value) as Partial<Response>;
  return typeof status === 'number' && typeof headers?.get === 'function' && typeof text === 'function';
};

/** How the engines word a mistake in the code. `fetch` rejects with a `TypeError` as well, in words that differ and change. */
const mistake =
  /undefined|\bnull\b|\bis not |\bcan(no|')t (read|access|set|convert|destructure)|failed to (execute|construct)/i;

const isNetworkError = (error: unknown): boolean => {
  const { name, message } = Object(error) as Partial<Error>;
  return name === 'TypeError' ? !mistake.test(String(message)) : /^(Abort|Timeout|Network)Error$/.test(String(name));
};

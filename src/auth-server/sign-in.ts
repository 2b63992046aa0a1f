import { explainUnavailable } from '#advice';
import { isAuthError, SignInRejectedError, SignInUnavailableError, TokenResponseError } from '../client/errors.ts';
import { copyOfForm, discard, isTagged } from '../platform/bodies.ts';
import type { Platform } from '../platform/platform.ts';
import { abortAfter } from '../platform/with-timeout.ts';
import type { Instant } from '../session/time.ts';
import type { SendAuthRequest } from './auth-request.ts';
import { retryAfterMs } from './backoff.ts';
import { errorOf, interceptionOf, readBody } from './classify-response.ts';
import type { Endpoint } from './endpoint.ts';
import { EndpointFault } from './endpoint-fault.ts';
import { findTokens, type ReadTokens, requireTokens, type TokensIn } from './tokens/find-tokens.ts';
import { isObject } from './tokens/is-object.ts';

/** What a user signs in with: an object is sent as JSON, the others as they are. */
export type Credentials = FormData | URLSearchParams | Readonly<Record<string, unknown>>;

/** A sign-in that takes longer than this is given up. */
const SIGN_IN_TIMEOUT_MS = 60_000;

/** The tokens in the response to a sign-in, and when the request was sent. */
export interface SignInTokens {
  readonly tokens: TokensIn;
  readonly obtainedAt: Instant;
}

/**
 * Statuses below 500 that say nothing about the credentials: the endpoint is not there, or is not what was
 * asked for; the request is too large for a server in between; or something else is to be settled first. 0 is
 * that of a response which script may not read.
 */
const UNJUDGED = new Set([0, 404, 405, 406, 407, 408, 410, 411, 413, 414, 415, 419, 421, 425, 431]);

/** Makes the body of a sign-in from the credentials as they are now. Throws a `TypeError` for what cannot be sent. */
export function signInBody(credentials: Credentials): BodyInit {
  if (typeof credentials !== 'object' || credentials === null) {
    throw new TypeError('`signIn` takes an object, FormData or URLSearchParams.');
  }
  return copyOfForm(credentials) ?? JSON.stringify(credentials);
}

/**
 * Sends a sign-in. Rejects with `SignInRejectedError` if the server said no, with `SignInUnavailableError` if
 * it said nothing about the credentials.
 */
export async function sendSignIn(
  platform: Platform,
  sendAuthRequest: SendAuthRequest,
  endpoint: Endpoint,
  body: BodyInit,
  readTokens: ReadTokens | undefined,
): Promise<SignInTokens> {
  const obtainedAt = platform.clock.now();
  try {
    const tokens = await abortAfter(platform.clock, SIGN_IN_TIMEOUT_MS, async (signal) => {
      const response = await sendAuthRequest(endpoint, { name: 'signIn', body, keepalive: false, signal });
      return readSignIn(response, platform.clock.now().wallAt, readTokens);
    });
    return { tokens, obtainedAt };
  } catch (error) {
    if (isAuthError(error)) throw error;
    throw new SignInUnavailableError(error, error instanceof EndpointFault ? `failed: ${error.message}` : undefined);
  }
}

/** Finds the tokens in what `completeSignIn` was given: a response, or its parsed body. Rejects as a sign-in does. */
export async function readObtainedTokens(
  given: unknown,
  wallAt: number,
  readTokens: ReadTokens | undefined,
): Promise<TokensIn> {
  if (!isTagged('Response', given)) return requireTokens(given, readTokens);
  try {
    return await readSignIn(given as Response, wallAt, readTokens);
  } catch (error) {
    throw isAuthError(error) ? error : new TokenResponseError('its body cannot be read.', error);
  }
}

/** Finds the tokens in a response. A refusal keeps the response, unread; otherwise nothing of it is kept. */
async function readSignIn(response: Response, wallAt: number, readTokens: ReadTokens | undefined): Promise<TokensIn> {
  const unread = response.clone();
  let isHandedOut = false;
  try {
    const body = await readBody(response);
    const waitMs = retryAfterMs(response.headers, wallAt);
    const retryAt = waitMs === undefined ? undefined : wallAt + waitMs;
    const unavailable = unavailability(response, body);
    if (unavailable !== undefined) {
      // 0 is no status: browsers show it for a redirect.
      throw new SignInUnavailableError(undefined, unavailable, response.status || undefined, retryAt);
    }
    const found = response.ok ? findTokens(body, readTokens) : undefined;
    if (found !== undefined && !('missing' in found)) return found;
    // A 2xx without a token wants something more, a second factor for example. Only an object can say what.
    if (found !== undefined && !isObject(body)) throw new TokenResponseError(found.missing, found.cause);
    isHandedOut = true;
    throw new SignInRejectedError(unread, errorOf(body), retryAt, found?.missing, found?.cause);
  } finally {
    if (!isHandedOut) discard(unread);
  }
}

/** Why a response says nothing about the credentials; `undefined` if it does say something. */
function unavailability(response: Response, body: unknown): string | undefined {
  const { status } = response;
  const interception = interceptionOf(response, body);
  if (interception === undefined && status < 500 && !UNJUDGED.has(status)) return undefined;
  return explainUnavailable(status, interception) ?? `answered ${status}${interception ? ` (${interception})` : ''}.`;
}

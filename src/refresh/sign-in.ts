import { isAuthError, SignInRejectedError, SignInUnavailableError, TokenResponseError } from '../errors.ts';
import type { Platform } from '../platform/platform.ts';
import type { Instant } from '../session/expiry.ts';
import type { Ask, Endpoint, Question } from './ask.ts';
import { retryAfterMs } from './backoff.ts';
import { hasToken, isObject } from './token-response.ts';
import { errorOf, readBody } from './verdict.ts';

/** What a user signs in with: an object is sent as JSON, the others as they are. */
export type Credentials = FormData | URLSearchParams | Readonly<Record<string, unknown>>;

/** A sign-in that takes longer than this is given up. */
const signInTimeoutMs = 60_000;

/** Statuses below 500 that say nothing about the credentials. */
const transient = new Set([408, 419, 425]);

/** The answer to a sign-in, and when it was asked for. */
export interface SignInAnswer {
  readonly body: unknown;
  readonly obtainedAt: Instant;
}

/** What a sign-in is sent with. */
type SignInBody = Pick<Question, 'body' | 'contentType'>;

/** Makes the body of a sign-in at once, as the credentials are now. Throws a `TypeError` for what cannot be sent. */
export const signInBody = (credentials: Credentials): SignInBody => {
  if (typeof credentials !== 'object' || credentials === null) {
    throw new TypeError('`signIn` takes an object, FormData or URLSearchParams.');
  }
  const isForm = credentials instanceof FormData;
  if (!isForm && !(credentials instanceof URLSearchParams))
    return { body: JSON.stringify(credentials), contentType: 'application/json' };
  const body = isForm ? new FormData() : new URLSearchParams();
  for (const [name, value] of credentials) body.append(name, value as string);
  return { body };
};

/**
 * Asks to sign in. Rejects with `SignInRejectedError` where the server said no, with `SignInUnavailableError` where it said
 * nothing about the credentials.
 */
export const askToSignIn = async (
  platform: Platform,
  ask: Ask,
  endpoint: Endpoint,
  sent: SignInBody,
  readsTokens: boolean,
): Promise<SignInAnswer> => {
  const obtainedAt = platform.clock.now();
  const abort = new AbortController();
  const cancel = platform.clock.setTimer(() => abort.abort(), signInTimeoutMs);
  try {
    const response = await ask(endpoint, { ...sent, keepalive: false, signal: abort.signal });
    const body = await readSignIn(response, platform.clock.now().wallAt, readsTokens);
    return { body, obtainedAt };
  } catch (error) {
    throw isAuthError(error) ? error : new SignInUnavailableError(error);
  } finally {
    cancel();
  }
};

/** Reads what `completeSignIn` was given: a response, or tokens. Rejects as a sign-in does. */
export const readGivenTokens = async (given: unknown, wallAt: number): Promise<unknown> => {
  if (typeof Response === 'undefined' || !(given instanceof Response)) return given;
  try {
    return await readSignIn(given, wallAt, true);
  } catch (error) {
    throw isAuthError(error) ? error : new TokenResponseError('its body cannot be read.', error);
  }
};

const readSignIn = async (response: Response, wallAt: number, readsTokens: boolean): Promise<unknown> => {
  const unread = response.clone();
  const body = await readBody(response);
  const waitMs = retryAfterMs(response.headers, wallAt);
  const retryAt = waitMs === undefined ? undefined : wallAt + waitMs;
  if (response.status >= 500 || transient.has(response.status)) throw new SignInUnavailableError(undefined, retryAt);
  // A 2xx without a token asks for something more, a second factor for example.
  if (!response.ok || (isObject(body) && !readsTokens && !hasToken(body))) {
    throw new SignInRejectedError(unread, errorOf(body), retryAt);
  }
  return body;
};

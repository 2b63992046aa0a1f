import { SignInRejectedError, SignInUnavailableError, TokenResponseError } from '../errors.ts';
import type { Platform } from '../platform/platform.ts';
import type { Instant } from '../session/expiry.ts';
import type { Ask, Endpoint } from './ask.ts';
import { retryAfterMs } from './backoff.ts';
import { hasToken, isObject } from './token-response.ts';
import { errorOf, readBody } from './verdict.ts';

/** What a user signs in with: an object is sent as JSON, the others as they are. */
export type Credentials = FormData | URLSearchParams | Readonly<Record<string, unknown>>;

/** A sign-in that takes longer than this is given up. */
const signInTimeoutMs = 60_000;

/** Statuses below 500 that say nothing about the credentials. */
const transient = new Set([408, 425]);

/** The answer to a sign-in, and when it was asked for. */
export interface SignInAnswer {
  readonly body: unknown;
  readonly obtainedAt: Instant;
}

/**
 * Asks to sign in. Rejects with `SignInRejectedError` where the server said no, with `SignInUnavailableError` where it said
 * nothing about the credentials, with `TokenResponseError` where its answer cannot be read.
 */
export const askToSignIn = async (
  platform: Platform,
  ask: Ask,
  endpoint: Endpoint,
  credentials: Credentials,
  readsTokens: boolean,
): Promise<SignInAnswer> => {
  const obtainedAt = platform.clock.now();
  const isForm = credentials instanceof FormData || credentials instanceof URLSearchParams;
  // Throws a TypeError for what JSON cannot hold: that is a wrong call, and no fault of the server.
  const requestBody = isForm ? credentials : JSON.stringify(credentials);
  const abort = new AbortController();
  const cancel = platform.clock.setTimer(() => abort.abort(), signInTimeoutMs);
  try {
    const response = await ask(endpoint, {
      body: requestBody,
      contentType: isForm ? undefined : 'application/json',
      keepalive: false,
      signal: abort.signal,
    });
    const unread = response.clone();
    const body = await readBody(response);
    const waitMs = retryAfterMs(response.headers, obtainedAt.wallAt);
    const retryAt = waitMs === undefined ? undefined : platform.clock.now().wallAt + waitMs;
    if (response.status >= 500 || transient.has(response.status)) {
      throw new SignInUnavailableError(undefined, retryAt);
    }
    // A 2xx without a token asks for something more, a second factor for example.
    if (!response.ok || (isObject(body) && !readsTokens && !hasToken(body))) {
      throw new SignInRejectedError(unread, errorOf(body), retryAt);
    }
    return { body, obtainedAt };
  } catch (error) {
    throw error instanceof SignInRejectedError || error instanceof SignInUnavailableError
      ? error
      : new SignInUnavailableError(error);
  } finally {
    cancel();
  }
};

/** Reads what `completeSignIn` was given: a response, or tokens. */
export const readGivenTokens = async (given: unknown): Promise<unknown> => {
  if (!(given instanceof Response)) return given;
  if (!given.ok) throw new SignInRejectedError(given.clone(), errorOf(await readBody(given)));
  try {
    return await readBody(given);
  } catch (error) {
    throw new TokenResponseError('its body cannot be read.', error);
  }
};

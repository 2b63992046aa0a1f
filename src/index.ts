import type { AuthClient } from './auth-client.ts';
import { createClient } from './client.ts';
import type { AuthClientOptions, DefaultClaims } from './options.ts';
import { browserPlatform, currentPlace } from './platform/browser.ts';
import { inertPlatform } from './platform/inert.ts';

/**
 * Creates a client for one session. Nothing happens before `start()`: no request, timer, listener or channel. On a server
 * the client stays inert: its session is `loading`, and calls reject. In a worker and in React Native `start()` throws, too.
 *
 * Throws a `TypeError` that names the option which is wrong.
 */
export const createAuthClient = <Claims = DefaultClaims>(
  options: AuthClientOptions<Claims> = {},
): AuthClient<Claims> => {
  const place = currentPlace();
  return createClient(options, place === 'page' ? browserPlatform() : inertPlatform(place));
};

export type { AuthClient, AuthFetch, AuthRequestInit, SignOutResult } from './auth-client.ts';
export {
  type AnyAuthError,
  AuthError,
  type AuthErrorCode,
  authErrorOf,
  isAuthError,
  RefreshRejectedError,
  RefreshUnavailableError,
  SignInRejectedError,
  SignInUnavailableError,
  TokenResponseError,
  UnauthenticatedError,
  UserChangedError,
} from './errors.ts';
export type { AuthClientOptions, CallOptions, DefaultClaims, SentRequest } from './options.ts';
export type { AskHeaders, Endpoint } from './refresh/ask.ts';
export type { ClaimsSchema, ParseClaims, UserId } from './refresh/claims.ts';
export { type CsrfCookieOptions, type CsrfProtection, csrfCookie } from './refresh/csrf-cookie.ts';
export type { FoundTokens } from './refresh/find-tokens.ts';
export type { Credentials } from './refresh/sign-in.ts';
export type { ClassifyRefresh, RefreshAnswer } from './refresh/verdict.ts';
export type { AuthEvent, HeldCallOutcome } from './session/event.ts';
export type {
  EndReason,
  RefreshProblem,
  ReloginReason,
  Session,
  UnauthenticatedReason,
} from './session/session.ts';

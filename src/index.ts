import type { AuthClient } from './client/auth-client.ts';
import { createClient } from './client/create-client.ts';
import type { AuthClientOptions, DefaultClaims } from './client/options.ts';
import { browserPlatform, currentPlace } from './platform/browser.ts';
import { inertPlatform } from './platform/inert.ts';

/**
 * Creates a client for one session. Nothing happens before `start()`: no request, timer, listener or channel. On a server
 * the client stays inert: its session is `loading`, and calls reject. In a worker and in React Native, `start()` throws as well.
 *
 * Throws a `TypeError` that names the option which is wrong. The production build checks only those that keep an app safe.
 */
export function createAuthClient(options?: AuthClientOptions<DefaultClaims>): AuthClient<DefaultClaims>;
export function createAuthClient<Claims>(
  options: AuthClientOptions<Claims> & Required<Pick<AuthClientOptions<Claims>, 'parseClaims'>>,
): AuthClient<Claims>;
export function createAuthClient<Claims>(options: AuthClientOptions<Claims> = {}): AuthClient<Claims> {
  const place = currentPlace();
  return createClient(options, place === 'page' ? browserPlatform() : inertPlatform(place));
}

export type { AuthRequestHeaders, CsrfProtection } from './auth-server/auth-request.ts';
export type { ClassifyRefresh, RefreshResponse } from './auth-server/classify-response.ts';
export { type CsrfCookieOptions, csrfCookie } from './auth-server/csrf-cookie.ts';
export type { Endpoint } from './auth-server/endpoint.ts';
export type { Credentials } from './auth-server/sign-in.ts';
export type { ClaimsSchema, ParseClaims, UserId } from './auth-server/tokens/claims.ts';
export type { FoundTokens } from './auth-server/tokens/find-tokens.ts';
export type { AuthClient, AuthFetch, AuthRequestInit, SignOutResult } from './client/auth-client.ts';
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
} from './client/errors.ts';
export type { AuthClientOptions, CallOptions, DefaultClaims, SentRequest } from './client/options.ts';
export { replayStreams, type StreamReplay } from './requests/replay/replay-streams.ts';
export { type HoldCalls, type HoldCallsOptions, holdCalls } from './requests/waiting/hold-calls.ts';
export type { AuthEvent, HeldCallOutcome } from './session/events.ts';
export type {
  EndReason,
  RefreshProblem,
  ReloginReason,
  Session,
  UnauthenticatedReason,
} from './session/session.ts';

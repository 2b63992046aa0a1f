import type { EndReason } from '../session/session.ts';

/** The code of an `AuthError`: one for each class. */
export type AuthErrorCode =
  | 'sign_in_rejected'
  | 'sign_in_unavailable'
  | 'refresh_rejected'
  | 'refresh_unavailable'
  | 'token_response'
  | 'unauthenticated'
  | 'user_changed';

const BRAND = Symbol.for('silent-refresh.AuthError');

/**
 * Something went wrong outside the code: a response of the server, the network, the end of the session.
 * (Calling the package wrongly is a `TypeError`.) No message and no field holds a token, a cookie, a header
 * or a query string.
 */
export class AuthError extends Error {
  /** Names the fault; narrows to the class. */
  readonly code: AuthErrorCode;

  constructor(code: AuthErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    // Spelled out, since minifiers rename classes: sign_in_rejected becomes SignInRejectedError.
    this.name = `${code.replace(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase())}Error`;
  }

  /** @internal */
  get [BRAND](): true {
    return true;
  }
}

/**
 * The server refused the sign-in, or wants more: a wrong password, a missing second factor, invalid fields,
 * too many attempts. A 2xx whose JSON has no access token is one, too; `message` says where the token was
 * looked for. Nothing has changed.
 */
export class SignInRejectedError extends AuthError {
  declare readonly code: 'sign_in_rejected';
  /** The HTTP status. */
  readonly status: number;
  /** The `error` member of a JSON response (RFC 6749 §5.2), if it has one. */
  readonly error: string | undefined;
  /** When to try again (`Retry-After`): epoch ms. */
  readonly retryAt: number | undefined;
  /** The response, with its body unread. Not enumerable, so that it does not end up in logs. */
  declare readonly response: Response;

  /**
   * `missing`: where the token was looked for, if the response is not a refusal. `cause`: what `readTokens`
   * threw.
   */
  constructor(response: Response, error?: string, retryAt?: number, missing?: string, cause?: unknown) {
    const { status } = response;
    super(
      'sign_in_rejected',
      missing === undefined
        ? `The sign-in was refused (HTTP ${status}).`
        : `The sign-in was answered (HTTP ${status}), but not with a token response: ${missing}`,
      cause,
    );
    this.status = status;
    this.error = error;
    this.retryAt = retryAt;
    Object.defineProperty(this, 'response', { value: response });
  }
}

/**
 * The credentials have not been checked: there was no response, something else responded in place of the auth
 * server (a proxy, a firewall, an HTML page), or the endpoint is wrong or down. The message says which.
 * Nothing has changed.
 */
export class SignInUnavailableError extends AuthError {
  declare readonly code: 'sign_in_unavailable';
  /** The HTTP status. `undefined` if there was no response, or a redirect, whose status browsers hide. */
  readonly status: number | undefined;
  /** When to try again (`Retry-After`): epoch ms. */
  readonly retryAt: number | undefined;

  /** `what`: what is the matter with the sign-in endpoint, and what to do. */
  constructor(cause?: unknown, what = 'could not be reached. Try again.', status?: number, retryAt?: number) {
    super('sign_in_unavailable', `The sign-in endpoint ${what}`, cause);
    this.status = status;
    this.retryAt = retryAt;
  }
}

/** Thrown by `refresh()` if the server has ended the session: sign in again. */
export class RefreshRejectedError extends AuthError {
  declare readonly code: 'refresh_rejected';

  constructor() {
    super('refresh_rejected', 'The server has ended this session. Sign in again.');
  }
}

/** There was no token in time. The session is kept and the client keeps trying: wait, and call again. */
export class RefreshUnavailableError extends AuthError {
  declare readonly code: 'refresh_unavailable';
  /** When the next attempt is due (epoch ms), if one is planned. */
  readonly retryAt: number | undefined;

  /** `advice`: what to set, if trying again will not help. */
  constructor(retryAt?: number, advice = '') {
    super(
      'refresh_unavailable',
      `The access token could not be refreshed for now. The session is kept; try again.${advice}`,
    );
    this.retryAt = retryAt;
  }
}

/**
 * The server answered a sign-in with something that is not a token response, or `parseClaims` threw: a bug to
 * report.
 */
export class TokenResponseError extends AuthError {
  declare readonly code: 'token_response';

  constructor(what: string, cause?: unknown) {
    super('token_response', `The token response cannot be used: ${what}`, cause);
  }
}

/**
 * Nobody is signed in, or the session ended while the call was waiting: it was not sent, or refused with 401
 * before.
 */
export class UnauthenticatedError extends AuthError {
  declare readonly code: 'unauthenticated';
  /** Why nobody is signed in, as in `Session`. */
  readonly reason: EndReason;
  /**
   * Set if the call was held and then given up, because `timeoutMs` was over or there was no room for more
   * held calls.
   */
  readonly held: 'timed-out' | 'no-room' | undefined;

  constructor(reason: EndReason, held?: 'timed-out' | 'no-room') {
    super('unauthenticated', `Nobody is signed in (${reason}).`);
    this.reason = reason;
    this.held = held;
  }
}

/**
 * Somebody has signed in since the call was made, and is not known to be the same user. The call was not sent
 * as them.
 */
export class UserChangedError extends AuthError {
  declare readonly code: 'user_changed';

  constructor() {
    super('user_changed', 'Somebody else may have signed in since this call was made, so it was not sent.');
  }
}

/** Every `AuthError`, so that `switch (error.code)` narrows. */
export type AnyAuthError =
  | SignInRejectedError
  | SignInUnavailableError
  | RefreshRejectedError
  | RefreshUnavailableError
  | TokenResponseError
  | UnauthenticatedError
  | UserChangedError;

/** Whether `error` itself is one of ours: also across realms and copies of the package. */
export function isAuthError(error: unknown): error is AnyAuthError {
  return typeof error === 'object' && error !== null && (error as { [BRAND]?: unknown })[BRAND] === true;
}

/** The `AuthError` that `error` is or was caused by (clients such as axios wrap it), or `undefined`. */
export function authErrorOf(error: unknown): AnyAuthError | undefined {
  let at = error;
  for (let depth = 0; depth < 10; depth++) {
    if (isAuthError(at)) return at;
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as { cause?: unknown }).cause;
  }
  return undefined;
}

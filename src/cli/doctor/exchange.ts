import { errorOf, type Interception, interceptionOf } from '../../auth-server/classify-response.ts';
import { isObject } from '../../auth-server/tokens/is-object.ts';
import type { TokenResponse } from '../../auth-server/tokens/token-response.ts';

/** The endpoints of the contract. */
export type EndpointName = 'sign-in' | 'refresh' | 'sign-out';

/** What an endpoint is asked by. */
export type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What each request of the doctor is for. */
export type Step =
  // Without a session.
  | 'nobody-refresh'
  | 'nobody-sign-in'
  | 'nobody-sign-out'
  | 'preflight'
  | 'foreign-preflight'
  | 'get-sign-out'
  // With a session where there are credentials, else without one.
  | 'get-refresh'
  | 'no-header'
  | 'foreign-origin'
  // With a session.
  | 'sign-in'
  | 'refresh'
  | 'retry'
  | 'after-retry'
  | 'in-time'
  | 'overlap'
  | 'after-overlap'
  | 'reuse'
  | 'after-reuse'
  | 'sign-in-again'
  | 'sign-out'
  | 'after-sign-out';

/** The tokens of an answer, as the client of this package reads them, or why it cannot. */
export type TokensRead = { readonly tokens: TokenResponse } | { readonly problem: string };

/** What a server answered, as plain data. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The `Set-Cookie` fields, one by one. */
  readonly setCookies: readonly string[];
  /** Parsed where it is JSON, else its text. */
  readonly body: unknown;
  /** What the client of this package reads in it. */
  readonly read: TokensRead;
}

/** One request and what came of it. */
export interface Exchange {
  readonly step: Step;
  readonly endpoint: EndpointName;
  readonly method: Method | 'GET' | 'OPTIONS';
  /** The `Origin` that was sent. */
  readonly origin: string;
  /** The cookies that were sent, by name. */
  readonly cookies: ReadonlyMap<string, string>;
  /** Epoch milliseconds, by the clock of this machine. */
  readonly sentAt: number;
  readonly receivedAt: number;
  /** `undefined` where none came: `failure` says why. */
  readonly answer: Answer | undefined;
  /** An error code or a few words, never an address. */
  readonly failure?: string | undefined;
}

/** Who answered in place of the auth server, if somebody did. */
export function interceptedBy({ status, headers, body }: Answer): Interception | undefined {
  return interceptionOf({ type: 'default', status, headers }, body);
}

/** Whether the answer grants what was asked for: JSON with a status of success that tells of no error. */
export function isGranted(answer: Answer | undefined): answer is Answer {
  if (answer === undefined || answer.status < 200 || answer.status > 299) return false;
  return isObject(answer.body) && errorOf(answer.body) === undefined;
}

/** Whether the answer says nothing about what was asked: the server asks to be left alone, or has failed. */
export function isDeferred(answer: Answer | undefined): boolean {
  return answer !== undefined && (answer.status === 408 || answer.status === 429 || answer.status >= 500);
}

/** An answer in a few words, without anything that could be a secret: `401 invalid_grant`, `200 with HTML`. */
export function describe(answer: Answer): string {
  const { status, body } = answer;
  switch (interceptedBy(answer)) {
    case 'redirect':
      return `${status}, a redirect`;
    case 'proxy':
      return `${status} with a password prompt of a proxy`;
    case 'html':
      return `${status} with HTML`;
    default: {
      const error = errorOf(body) ?? '';
      // Letters only: whatever a server puts there, it is no token.
      return /^[a-z][a-z_-]{1,39}$/i.test(error) ? `${status} ${error}` : String(status);
    }
  }
}

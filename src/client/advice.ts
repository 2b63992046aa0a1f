// The development build says in its messages what to do; the production build has `no-advice.ts` in the place
// of this file.

import type { Interception } from '../auth-server/classify-response.ts';

const TEXTS = {
  'session name':
    " `endpoints.refresh` is a function, so there is no address to name the session by. Give it a name that is the same in all tabs of this origin, and no other session's; or set `tabs` to 'off'.",
  'allowed origins': ', such as https://api.example.com: https (http on loopback), no path, no wildcard',
  'fetch loop': ' Create the client first, or give `createAuthClient` the browser’s own as `fetch`.',
  'no token':
    ': `access_token`, `accessToken`, `access` and `token` were looked for, also under `data`. If it is elsewhere, set `readTokens`',
  'ticket or token':
    ', so `token`, or `access`, was taken for the ticket to the next step. If it is the access token, set `readTokens`',
  'read tokens': ': it has to return `accessToken`, synchronously',
  'read body': ': read a clone()',
  'token characters': ' It has to be visible ASCII, without spaces.',
  'refresh redirected':
    ', which is never followed: have it answer 401 if nobody is signed in, and check `endpoints.refresh`',
  'not started': ': call `start()`, or render the app inside <AuthProvider>',
  server: ': calls are made in a browser, not while rendering on a server',
  worker:
    '. Create and start the client in a page; send the worker a token from `getAccessToken()`, or let the page make its calls',
  'react-native': '. silent-refresh works in browsers and web views only',
} as const;

/** Completes a message: what to do about it. */
export function advise(about: keyof typeof TEXTS): string {
  return TEXTS[about];
}

/** What to report of an endpoint that is a function and threw: nothing if the network may have failed. */
export function explainThrown(endpoint: string, error: unknown): string | undefined {
  if (isNetworkError(error)) return undefined;
  const thrown = error instanceof Error ? error.name : `a value of type ${typeof error}`;
  return `\`endpoints.${endpoint}\` threw ${thrown}. It must resolve with the Response, whatever its status, and reject only if there is none.`;
}

/** Statuses of an endpoint that is not there, or is not what was asked for. */
const MISPLACED = new Set([404, 405, 406, 410, 415]);

/** Statuses of a request that is too large for a server in between. */
const TOO_LARGE = new Set([413, 414, 431]);

/** Why the sign-in endpoint has not checked the credentials, and what to do. */
export function explainUnavailable(status: number, interception: Interception | undefined): string | undefined {
  const check = 'is `endpoints.signIn` right?';
  switch (interception) {
    case 'redirect':
      return `answered with a redirect, which is not followed: it has to answer with JSON itself; ${check}`;
    case 'proxy':
      return `was not reached: a proxy answered ${status} and asks for a password of its own.`;
    case 'html':
      return `answered ${status} with a page of HTML, as a firewall, a proxy or a wrong address does: ${check}`;
    default:
      if (MISPLACED.has(status)) return `answered ${status}: ${check}`;
      if (status === 0) return "gave a response that script may not read: leave out `mode: 'no-cors'`.";
      if (TOO_LARGE.has(status)) return `answered ${status}: the request or its cookies are too large for the server.`;
      return `answered ${status}. Try again.`;
  }
}

/** What a value is that should have been something else. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}

/**
 * How the engines word a mistake in the code. `fetch` rejects with a `TypeError` as well, in words that
 * differ and change.
 */
const MISTAKE =
  /undefined|\bnull\b|\bis not |\bcan(no|')t (read|access|set|convert|destructure)|failed to (execute|construct)/i;

function isNetworkError(error: unknown): boolean {
  const { name, message } = Object(error) as Partial<Error>;
  return name === 'TypeError' ? !MISTAKE.test(String(message)) : /^(Abort|Timeout|Network)Error$/.test(String(name));
}

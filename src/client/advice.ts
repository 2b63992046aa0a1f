// The development build says in its messages what to do; the production build has `no-advice.ts` in the place of this file.

const texts = {
  'session name':
    " `endpoints.refresh` is a function, so the session has no address to be named by. Give a text that names it among the tabs of this origin, a different one for each session; or set `tabs` to 'off'.",
  'allowed origins': ', such as https://api.example.com: https (http on loopback), no path, no wildcard',
  'fetch loop': ' Create the client first, or give `createAuthClient` the browser’s own as `fetch`.',
  'no token':
    ': `access_token`, `accessToken`, `access` and `token` were looked for, also under `data`. Where it stands elsewhere, set `readTokens`',
  'ticket or token': ' Where it is the access token, set `readTokens`.',
  'token characters': ' It has to be visible ASCII, without spaces.',
  'refresh redirected':
    ', which is never followed: have it answer 401 where nobody is signed in, and check `endpoints.refresh`',
  'sign-in redirected': ', which is not followed: it has to answer itself, with JSON',
  html: ', as a firewall, a proxy or a wrong address does',
  'not started': ': call `start()`, or render the app inside <AuthProvider>',
  server: ': calls are made in a browser, not while rendering on a server',
  worker:
    '. Create and start the client in a page; send the worker a token from `getAccessToken()`, or let the page make its calls',
  'react-native': '. silent-refresh works in browsers and web views only',
} as const;

/** Completes a message: what to do about it. */
export function advise(about: keyof typeof texts): string {
  return texts[about];
}

/** What to report of an endpoint that is a function and threw: nothing if the network may have failed. */
export function explainThrown(endpoint: string, error: unknown): string | undefined {
  if (isNetworkError(error)) return undefined;
  const thrown = error instanceof Error ? error.name : `a value of type ${typeof error}`;
  return `\`endpoints.${endpoint}\` threw ${thrown}. It must resolve with the Response, whatever its status, and reject only where there is none.`;
}

/** How the engines word a mistake in the code. `fetch` rejects with a `TypeError` as well, in words that differ and change. */
const mistake =
  /undefined|\bnull\b|\bis not |\bcan(no|')t (read|access|set|convert|destructure)|failed to (execute|construct)/i;

const isNetworkError = (error: unknown): boolean => {
  const { name, message } = Object(error) as Partial<Error>;
  return name === 'TypeError' ? !mistake.test(String(message)) : /^(Abort|Timeout|Network)Error$/.test(String(name));
};

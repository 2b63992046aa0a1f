import { isProxyChallenge } from '../requests/challenge.ts';

/**
 * What answered in place of the auth server: a redirect to somewhere else, a proxy that asks for its own password, or a page
 * for people (a firewall's, a captive portal's, a single-page app's `index.html`).
 */
export type Interception = 'redirect' | 'proxy' | 'html';

/** The part of a response that shows who answered. */
type ResponseHead = Pick<Response, 'type' | 'status' | 'headers'>;

const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * Who answered an auth endpoint's request, where it was not the auth server: such an answer has judged neither a session nor
 * credentials. `undefined`: nothing speaks against the auth server. Every answer of an auth endpoint is asked this first.
 * `body` is the parsed JSON, or the text where it is none.
 */
export const interceptionOf = ({ type, status, headers }: ResponseHead, body: unknown): Interception | undefined => {
  // Browsers hide the status of a redirect that they do not follow; an endpoint function's own HTTP client may show it.
  if (type === 'opaqueredirect' || redirects.has(status)) return 'redirect';
  if (status === 401 && isProxyChallenge(headers)) return 'proxy';
  return isHtml(headers, body) ? 'html' : undefined;
};

/**
 * By its looks, or by its label: in doubt nobody's session has ended. But some servers label everything as HTML, and JSON, or
 * nothing, is no page.
 */
const isHtml = (headers: Headers, body: unknown): boolean => {
  if (typeof body !== 'string' || body.trim() === '') return false;
  return body.trimStart().startsWith('<') || /html/i.test(headers.get('content-type') ?? '');
};

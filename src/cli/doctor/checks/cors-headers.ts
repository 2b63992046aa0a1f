import { asciiLowerCase } from '../../../server/http/header-text.ts';
import type { EndpointName } from '../exchange.ts';
import { error, type Finding, listed, ok, warning } from '../finding.ts';
import { ENDPOINTS } from '../reachability.ts';
import { headersAskedFor, type Target } from '../target.ts';

/** An answer to a page of the app, or to the browser's question before it. */
export interface CorsAnswer {
  readonly isPreflight: boolean;
  readonly endpoint: EndpointName;
  readonly headers: Headers;
}

const ORIGIN = 'Access-Control-Allow-Origin';
const CREDENTIALS = 'Access-Control-Allow-Credentials';
const METHODS = 'Access-Control-Allow-Methods';
const ALLOWED = 'Access-Control-Allow-Headers';
const EXPOSED = 'Access-Control-Expose-Headers';
const HIDDEN = 'The browser hides the answer from the page: the client sees a network error, whatever the status.';

export function checkOrigin(answers: readonly CorsAnswer[], pageOrigin: string): Finding {
  const wrong = answers.filter(({ headers }) => headers.get(ORIGIN) !== pageOrigin);
  if (wrong.length === 0) return ok('cors-allow-origin', `${ORIGIN} is ${pageOrigin}`);
  const isWildcard = wrong.some(({ headers }) => headers.get(ORIGIN) === '*');
  const isOther = wrong.some(({ headers }) => headers.has(ORIGIN));
  const what = isWildcard ? 'is *' : isOther ? 'is another origin' : 'is missing';
  return error(
    'cors-allow-origin',
    `${ORIGIN} ${what} on ${placesOf(wrong)}`,
    isWildcard ? `${HIDDEN} With cookies, * does not count.` : HIDDEN,
    `Set it to ${pageOrigin} on every answer, errors included, and add Vary: Origin.`,
  );
}

export function checkCredentials(answers: readonly CorsAnswer[]): Finding {
  const wrong = answers.filter(({ headers }) => headers.get(CREDENTIALS) !== 'true');
  if (wrong.length === 0) return ok('cors-allow-credentials', `${CREDENTIALS} is true`);
  return error(
    'cors-allow-credentials',
    `${CREDENTIALS} is not \`true\` on ${placesOf(wrong)}`,
    `${HIDDEN} Cookies of such an answer are not kept either.`,
    'Set it to true on every answer, errors included.',
  );
}

/** `POST` needs no leave of its own, unlike the other methods. */
export function checkAllowedMethods(answers: readonly CorsAnswer[], { methods }: Target): readonly Finding[] {
  const asked = answers.filter(({ isPreflight, endpoint }) => isPreflight && methods[endpoint] !== 'POST');
  if (asked.length === 0) return [];
  const names = listed(asked.map(({ endpoint }) => methods[endpoint]));
  const wrong = asked.filter(
    ({ endpoint, headers }) => !(headers.get(METHODS) ?? '').split(/[\s,]+/).includes(methods[endpoint]),
  );
  if (wrong.length === 0) return [ok('cors-allow-methods', `${METHODS} names ${names}`)];
  return [
    error(
      'cors-allow-methods',
      `${METHODS} does not name ${listed(wrong.map(({ endpoint }) => methods[endpoint]))} on ${placesOf(wrong)}`,
      'The browser does not send the request: the client sees a network error. With cookies, * does not count.',
      `Set ${METHODS}: ${names}, in capitals.`,
    ),
  ];
}

/** One finding for each header that the client sends. */
export function checkAllowedHeaders(answers: readonly CorsAnswer[], target: Target): readonly Finding[] {
  const preflights = answers.filter(({ isPreflight }) => isPreflight);
  if (preflights.length === 0) return [];
  const missing = [...new Set(ENDPOINTS.flatMap((endpoint) => headersAskedFor(target, endpoint)))].flatMap((name) => {
    const wrong = preflights.filter(
      ({ endpoint, headers }) =>
        headersAskedFor(target, endpoint).includes(name) && !namesIn(headers, ALLOWED).has(asciiLowerCase(name)),
    );
    if (wrong.length === 0) return [];
    return error(
      `cors-allow-${asciiLowerCase(name)}`,
      `${ALLOWED} does not name ${name} on ${placesOf(wrong)}`,
      'The browser does not send the request: the client sees a network error. With cookies, * does not count.',
      `Add ${name} to ${ALLOWED}.`,
    );
  });
  return missing.length > 0 ? missing : [ok('cors-allow-headers', `${ALLOWED} names what the client sends`)];
}

export function checkExposedHeaders(answers: readonly CorsAnswer[]): Finding {
  const actual = answers.filter(({ isPreflight }) => !isPreflight);
  const missing = ['Retry-After', 'Date', 'WWW-Authenticate'].filter(
    (name) => !actual.every(({ headers }) => namesIn(headers, EXPOSED).has(asciiLowerCase(name))),
  );
  if (missing.length === 0) return ok('cors-expose-headers', `${EXPOSED} names what the client reads`);
  return warning(
    'cors-expose-headers',
    `${EXPOSED} does not name ${listed(missing)}`,
    "The client cannot wait as long as it is asked to, nor tell a proxy's 401 from the auth server's.",
    `Set ${EXPOSED}: Retry-After, Date, WWW-Authenticate on every answer.`,
  );
}

// A `*` is no wildcard where cookies are sent, and neither is it a name of ours.
function namesIn(headers: Headers, header: string): ReadonlySet<string> {
  return new Set(asciiLowerCase(headers.get(header) ?? '').split(/[\s,]+/));
}

function placesOf(answers: readonly CorsAnswer[]): string {
  const places = [true, false].flatMap((isPreflight) => {
    const names = answers.filter((answer) => answer.isPreflight === isPreflight).map(({ endpoint }) => endpoint);
    return names.length === 0 ? [] : `${isPreflight ? 'preflights' : 'answers'} of ${listed(names)}`;
  });
  return places.join(', and on ');
}

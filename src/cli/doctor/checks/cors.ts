import { describe } from '../exchange.ts';
import { error, type Finding, listed, ok } from '../finding.ts';
import { answered, answerTo, isAnswered, type Observations } from '../observations.ts';
import { ENDPOINTS, isThere, refusesOwnPages } from '../reachability.ts';
import { FOREIGN_ORIGIN } from '../requests/nobody.ts';
import { relationTo } from '../target.ts';
import {
  type CorsAnswer,
  checkAllowedHeaders,
  checkAllowedMethods,
  checkCredentials,
  checkExposedHeaders,
  checkOrigin,
} from './cors-headers.ts';

/** Whether a browser lets pages of the app's origin read the answers. */
export function checkCors(observations: Observations): readonly Finding[] | undefined {
  const { target, exchanges } = observations;
  const foreign = ENDPOINTS.filter((name) => relationTo(target, target.endpoints[name]) !== 'same-origin');
  if (!exchanges.some(isAnswered)) return undefined;
  if (foreign.length === 0) return [ok('cors', `not needed: the pages are of ${target.pageOrigin} as well`)];
  if (refusesOwnPages(observations)) return undefined;

  const asked = exchanges.filter(isAnswered).filter(({ endpoint, origin, method }) => {
    const isForPage = origin === target.pageOrigin && method !== 'GET';
    return isForPage && foreign.includes(endpoint) && isThere(observations, endpoint);
  });
  if (asked.length === 0) return undefined;
  const refused = asked.filter(
    ({ step, answer }) => step === 'preflight' && !(answer.status >= 200 && answer.status < 300),
  );
  const usable: CorsAnswer[] = asked
    .filter((exchange) => !refused.includes(exchange))
    .map(({ step, endpoint, answer: { headers } }) => ({ isPreflight: step === 'preflight', endpoint, headers }));
  const preflights = refused.map(({ endpoint, answer }) => `${endpoint} ${describe(answer)}`);
  return [
    preflights.length === 0
      ? ok('cors-preflight', 'preflights (OPTIONS) are answered with success')
      : error(
          'cors-preflight',
          `preflights (OPTIONS) are refused: ${listed(preflights)}`,
          'The browser sends nothing after that: the client sees a network error.',
          `Answer OPTIONS with 204 and the CORS headers for ${target.pageOrigin}, before anything that asks who is signed in.`,
        ),
    checkOrigin(usable, target.pageOrigin),
    checkCredentials(usable),
    ...checkAllowedMethods(usable, target),
    ...checkAllowedHeaders(usable, target),
    checkExposedHeaders(usable),
  ];
}

/** Whether pages of any origin may read the answers, cookie included. */
export function checkForeignOrigin(observations: Observations): readonly Finding[] | undefined {
  const preflight = answerTo(observations, 'foreign-preflight');
  if (preflight === undefined) return undefined;
  const answers = [preflight, answered(observations, 'foreign-origin')?.answer];
  const isReflected = answers.some((answer) => answer?.headers.get('access-control-allow-origin') === FOREIGN_ORIGIN);
  if (!isReflected) return [ok('cors-foreign-origin', 'pages of an unknown origin are not allowed')];
  return [
    error(
      'cors-foreign-origin',
      'Access-Control-Allow-Origin repeats whatever origin asks',
      'Any page that a user opens can ask for an access token and read it, where the browser sends the cookie along.',
      'Compare Origin with a list of exact origins, and send no CORS headers to others.',
    ),
  ];
}

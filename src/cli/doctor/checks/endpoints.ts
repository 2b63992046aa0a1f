import { type Answer, describe, type EndpointName, isGranted } from '../exchange.ts';
import { error, type Finding, ok, warning } from '../finding.ts';
import { answerTo, type Observations } from '../observations.ts';
import { ENDPOINTS, refusesOwnPages, whyMissing } from '../reachability.ts';
import { printable } from '../target.ts';
import { tokensOf } from '../tokens-of.ts';

/** Whether each endpoint is there, and answers by itself when nobody is signed in. */
export function checkEndpoints(observations: Observations): readonly Finding[] {
  if (refusesOwnPages(observations)) return [refused(observations)];
  return ENDPOINTS.flatMap((endpoint) => {
    const answer = answerTo(observations, `nobody-${endpoint}`);
    return answer === undefined ? [] : [judge(endpoint, answer, observations)];
  });
}

function judge(endpoint: EndpointName, answer: Answer, { target }: Observations): Finding {
  const check = `endpoint-${endpoint}`;
  const address = printable(target.endpoints[endpoint]);
  const method = target.methods[endpoint];
  const seen = `${endpoint}: ${describe(answer)} from ${address}`;
  switch (whyMissing(endpoint, answer)) {
    case 'redirect':
      return error(
        check,
        seen,
        'The client follows no redirect: it cannot tell a sign-in page from an outage, and asks again and again.',
        'Let the endpoint answer itself, with 401 and JSON where others would be sent to a sign-in page. Check the address.',
      );
    case 'html':
      return error(
        check,
        seen,
        'A page is no answer: it comes from a firewall, a proxy or a single-page app that answers every address.',
        `Check the address, and the order of your routes: the endpoint has to answer ${method} with JSON.`,
      );
    case 'proxy':
      return error(
        check,
        seen,
        'A proxy in between asks for a password of its own, so no request reaches the auth server.',
        'Take the endpoint out of what the proxy protects.',
      );
    case 'misplaced':
      return error(
        check,
        seen,
        'The endpoint is not there, or takes no such request.',
        answer.status === 415
          ? 'Let it read JSON; if it reads forms, check it with --form.'
          : `Check the address (--${endpoint}) and the method, which is ${method} (--${endpoint}-method). Answer 401, never 404, for an unknown user.`,
      );
    case 'failed':
      return error(
        check,
        seen,
        'A failure says nothing about the session, so the client keeps asking, and the page stays `loading`.',
        'Let it answer 401 or 204 if no cookie comes along. The log of the server says what failed.',
      );
    default:
      return judgeAnswerToNobody(check, seen, endpoint, answer);
  }
}

function judgeAnswerToNobody(check: string, seen: string, endpoint: EndpointName, answer: Answer): Finding {
  const { status } = answer;
  const isSuccess = status >= 200 && status < 300;
  if (endpoint === 'sign-out' && !isSuccess && status !== 401) {
    return warning(
      check,
      seen,
      'A sign-out of somebody whose session has ended is tried again and again, until it is given up.',
      'Answer 204 also where nobody is signed in any more.',
    );
  }
  if (endpoint === 'sign-in' && isGranted(answer) && tokensOf(answer) !== undefined) {
    return error(
      check,
      'a sign-in without credentials gets an access token',
      'Whoever asks is signed in.',
      'Answer 401 unless user and password are right.',
    );
  }
  if (endpoint === 'sign-in' && (isSuccess || status >= 500)) {
    return warning(
      check,
      `${seen}, for a sign-in without credentials`,
      isGranted(answer)
        ? 'The client takes a success without a token for a second step, and shows no wrong password.'
        : 'The client takes a failure for an outage, and shows no wrong password.',
      'Answer 400, 401 or 422 with JSON where the credentials are missing or wrong.',
    );
  }
  return ok(check, seen);
}

function refused({ target }: Observations): Finding {
  return error(
    'own-requests',
    `all three endpoints answer 403 or 419 to requests of ${target.pageOrigin}`,
    'The server takes the requests of its own pages for forged ones, so nobody can sign in.',
    'Check --origin. Let the server know the origin of its pages: behind a proxy that ends TLS or changes Host, it sees another one. A CSRF token of your own cannot be checked here.',
  );
}

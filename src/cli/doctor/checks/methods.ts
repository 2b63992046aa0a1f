import { isObject } from '../../../auth-server/tokens/is-object.ts';
import { cookiesSetBy } from '../cookies/session-cookies.ts';
import { type Answer, describe, type EndpointName } from '../exchange.ts';
import { error, type Finding, listed, ok } from '../finding.ts';
import { answered, type Observations } from '../observations.ts';
import { isThere } from '../reachability.ts';
import type { Target } from '../target.ts';
import { tokensOf } from '../tokens-of.ts';

/** Whether `GET` does nothing at the endpoints that change something. */
export function checkMethods(observations: Observations): readonly Finding[] | undefined {
  const gets = (['refresh', 'sign-out'] as const)
    .filter((endpoint) => isThere(observations, endpoint))
    .flatMap((endpoint) => answered(observations, `get-${endpoint}`) ?? []);
  if (gets.length === 0) return undefined;
  const { target } = observations;
  const taken = gets.filter(
    ({ endpoint, answer }) =>
      isTaken(endpoint, answer, target) || cookiesSetBy({ answer, receivedAt: 0 }).some(isOfSession),
  );

  function isOfSession({ name }: { readonly name: string }): boolean {
    const signIn = answered(observations, 'sign-in');
    return signIn !== undefined && cookiesSetBy(signIn).some((cookie) => cookie.name === name);
  }

  const seen = (from: typeof gets): string =>
    `GET: ${listed(from.map(({ endpoint, answer }) => `${endpoint} ${describe(answer)}`))}`;
  if (taken.length === 0) return [ok('get', seen(gets))];
  return [
    error(
      'get',
      seen(taken),
      'Links, images and prefetching send GET: they would sign users out, or spend the refresh token.',
      `Answer ${listed(taken.map(({ endpoint }) => target.methods[endpoint]))} only, and GET with 405.`,
    ),
  ];
}

function isTaken(endpoint: EndpointName, answer: Answer, { endpoints }: Target): boolean {
  const { href } = endpoints[endpoint];
  const isShared = Object.values(endpoints).filter((url) => url.href === href).length > 1;
  // Where endpoints differ by the method alone, GET may be one more, which says who is signed in.
  if (isShared) return tokensOf(answer) !== undefined;
  return answer.status === 204 || (answer.status >= 200 && answer.status < 300 && isObject(answer.body));
}

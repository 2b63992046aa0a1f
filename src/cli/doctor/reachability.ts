import { type Answer, describe, type EndpointName, interceptedBy } from './exchange.ts';
import { answerTo, type Observations } from './observations.ts';

/** The endpoints, in the order in which a user meets them. */
export const ENDPOINTS: readonly EndpointName[] = ['sign-in', 'refresh', 'sign-out'];

const MISPLACED = new Set([404, 405, 406, 410, 415, 501]);

/** Whether the endpoint has answered a request of nobody as one that is there, and works. */
export function isThere(observations: Observations, endpoint: EndpointName): boolean {
  const answer = answerTo(observations, `nobody-${endpoint}`);
  return answer !== undefined && whyMissing(endpoint, answer) === undefined;
}

/** Why the endpoint cannot be there, or cannot work. */
export function whyMissing(
  endpoint: EndpointName,
  answer: Answer,
): 'redirect' | 'proxy' | 'html' | 'misplaced' | 'failed' | undefined {
  const intercepted = interceptedBy(answer);
  if (intercepted !== undefined) return intercepted;
  if (MISPLACED.has(answer.status)) return 'misplaced';
  // A sign-in without credentials is no fair question.
  return answer.status >= 500 && endpoint !== 'sign-in' ? 'failed' : undefined;
}

/** Whether the server turns the app's own pages away, whatever they ask for. */
export function refusesOwnPages(observations: Observations): boolean {
  const answers = ENDPOINTS.map((endpoint) => answerTo(observations, `nobody-${endpoint}`));
  return answers.every((answer) => answer !== undefined && /^(403|419)\b/.test(describe(answer)));
}

import { classifyResponse } from '../../../auth-server/classify-response.ts';
import { type Answer, describe, isGranted, type Step } from '../exchange.ts';
import { error, type Finding, listed, ok } from '../finding.ts';
import { answerTo, type Observations } from '../observations.ts';
import { isThere, refusesOwnPages } from '../reachability.ts';
import { tokensOf } from '../tokens-of.ts';

const REFUSALS: readonly (readonly [step: Step, about: string])[] = [
  ['nobody-refresh', 'without a cookie'],
  ['reuse', 'with an old cookie'],
  ['after-reuse', 'after the reuse'],
  ['after-sign-out', 'after the sign-out'],
];

/** Whether a refresh without a session is answered so that the client knows. */
export function checkNobody(observations: Observations): readonly Finding[] | undefined {
  if (!isThere(observations, 'refresh') || refusesOwnPages(observations)) return undefined;
  const nobody = answerTo(observations, 'nobody-refresh');
  if (nobody !== undefined && isGranted(nobody) && tokensOf(nobody) !== undefined) {
    return [
      error(
        'no-session',
        'a refresh without a cookie gets an access token',
        'Whoever asks is signed in.',
        'Answer 401 or 204 where no valid refresh cookie comes along.',
      ),
    ];
  }
  const refusals = REFUSALS.flatMap(([step, about]) => {
    const answer = answerTo(observations, step);
    // Whether a token should have been refused at all is for other checks to say.
    const isTaken = answer === undefined || answer.status === 429 || (step !== 'nobody-refresh' && isGranted(answer));
    return isTaken ? [] : [{ answer, about }];
  });
  const unclear = refusals.filter(({ answer }) => !isClear(answer));
  if (unclear.length === 0) return [ok('no-session', seenOf(refusals))];
  return [
    error(
      'no-session',
      seenOf(unclear),
      'This does not say that the session has ended: the client keeps asking, and the page stays `loading`.',
      'Answer 401 (or 204 where there is no cookie), not 403 and not 200 with an error. If you cannot, set `classifyRefresh`.',
    ),
  ];
}

function isClear(answer: Answer): boolean {
  const { status, headers, body } = answer;
  return status === 409 || classifyResponse(new Response(null, { status, headers }), body).is === 'rejected';
}

function seenOf(refusals: readonly { readonly answer: Answer; readonly about: string }[]): string {
  return `refresh: ${listed(refusals.map(({ answer, about }) => `${describe(answer)} ${about}`))}`;
}

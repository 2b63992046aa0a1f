import { describe, interceptedBy, isGranted, type Step } from '../exchange.ts';
import { error, type Finding, ok, warning } from '../finding.ts';
import { answered, answerTo, type Observations } from '../observations.ts';
import { isThere, refusesOwnPages } from '../reachability.ts';

/** Whether a refresh that no page of the app can have sent is refused. */
export function checkForgery(observations: Observations): readonly Finding[] | undefined {
  if (!isThere(observations, 'refresh') || refusesOwnPages(observations)) return undefined;
  const header = fateOf(observations, 'no-header');
  const origin = fateOf(observations, 'foreign-origin');
  if (header === undefined || origin === undefined) return undefined;
  const { client } = observations.target.headers;
  if (header.isTaken && origin.isTaken) {
    return [
      error(
        'csrf',
        `a refresh is answered without ${client}, and for a foreign Origin`,
        'SameSite does not keep out pages of sibling domains: they can spend the refresh token and sign users out.',
        `Refuse requests without ${client}, and those whose Origin is not one of your pages, with 403.`,
      ),
    ];
  }
  return [
    header.isTaken
      ? warning(
          'csrf-header',
          `a refresh is answered without ${client}`,
          'The header is what no form can send: without it, only the comparison of Origin keeps forged requests out.',
          `Refuse requests without ${client}, with 403.`,
        )
      : ok('csrf-header', `without ${client}: ${header.seen}`),
    origin.isTaken
      ? warning(
          'csrf-origin',
          'a refresh is answered for a foreign Origin',
          'Only the header keeps forged requests out, and a mistake in the CORS settings would let them in.',
          'Refuse requests whose Origin is not one of your pages, with 403.',
        )
      : ok('csrf-origin', `with a foreign Origin: ${origin.seen}`),
  ];
}

/** What became of a forged request; `undefined` where that cannot be told. */
function fateOf(
  observations: Observations,
  step: Step,
): { readonly isTaken: boolean; readonly seen: string } | undefined {
  const forged = answered(observations, step);
  if (forged === undefined) return undefined;
  const { answer, cookies } = forged;
  const seen = describe(answer);
  const isRefused = answer.status >= 400 && answer.status < 500 && interceptedBy(answer) === undefined;
  if (isGranted(answer)) return { isTaken: true, seen };
  // Without a cookie, a refusal shows only by being another one than that of an honest request.
  const honest = answerTo(observations, 'nobody-refresh');
  const isOther = honest !== undefined && describe(honest) !== seen;
  return isRefused && (cookies.size > 0 || isOther) ? { isTaken: false, seen } : undefined;
}

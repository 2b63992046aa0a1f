import { cookiesSetBy, sessionCookies } from '../cookies/session-cookies.ts';
import { deletes } from '../cookies/set-cookie.ts';
import { type Answer, describe, isDeferred, isGranted, type Step } from '../exchange.ts';
import { error, type Finding, ok, warning } from '../finding.ts';
import { answered, answerTo, type Observations } from '../observations.ts';
import { tokensOf } from '../tokens-of.ts';

/** Whether a refresh gives tokens and another cookie. */
export function checkRefresh(observations: Observations): readonly Finding[] | undefined {
  const answer = answerTo(observations, 'refresh');
  if (answer === undefined || answer.status === 429 || sessionCookies(observations)?.length === 0) return undefined;
  const signIn = answerTo(observations, 'sign-in');
  // Where the client cannot read the answer to the sign-in either, that was said before.
  const isUnreadable =
    isGranted(signIn) && tokensOf(signIn) !== undefined && isGranted(answer) && tokensOf(answer) === undefined;
  if (!isGranted(answer) || isUnreadable) {
    return [
      error(
        'refresh',
        `a refresh with the cookie of the sign-in is answered ${describe(answer)}${isUnreadable ? ' without an access token' : ''}`,
        'A reload signs the user out, and so does the end of the first access token.',
        'Answer 200 with a token response, and the next cookie. Several processes need one store of sessions.',
      ),
    ];
  }
  if (rotates(observations)) return [ok('refresh', 'a refresh gives a token and another cookie')];
  return [
    warning(
      'refresh',
      'a refresh gives a token, but the cookie stays the same',
      'A copy of the cookie that somebody takes is good until the session ends, and nobody notices (RFC 9700 section 4.14).',
      'Set another refresh token with every refresh, and refuse the previous one.',
    ),
  ];
}

/** Whether a refresh whose answer was lost can be sent again, and two may overlap. */
export function checkRepeats(observations: Observations): readonly Finding[] | undefined {
  if (!rotates(observations)) return undefined;
  const findings = [retry(observations), overlap(observations)].filter((finding) => finding !== undefined);
  return findings.length === 0 ? undefined : findings;
}

function retry(observations: Observations): Finding | undefined {
  const answer = fateOf(observations, 'retry');
  const after = fateOf(observations, 'after-retry');
  if (answer === undefined || after === undefined) return undefined;
  const { idempotencyKey } = observations.target.headers;
  const change = 'Remember the key of the latest refresh for 60 s, and answer its repetition with the same successor.';
  if (!isGranted(answer) || !isGranted(after)) {
    const fate = isGranted(after) ? '' : ', and the session has ended';
    return error(
      'retry',
      `the same refresh, with the same ${idempotencyKey}, is answered ${describe(answer)}${fate}`,
      'A lost answer, a reload or a bad network at the wrong moment signs the user out.',
      change,
    );
  }
  const isSame = isSameSuccessor(observations, 'refresh', 'retry');
  if (isSame) return ok('retry', `the same ${idempotencyKey} gets the same successor`);
  return warning(
    'retry',
    `the same ${idempotencyKey} gets another successor`,
    'Two refresh tokens of one session are good at the same time, so a copy can go unnoticed.',
    change,
  );
}

function overlap(observations: Observations): Finding | undefined {
  const answer = fateOf(observations, 'overlap');
  const after = fateOf(observations, 'after-overlap');
  if (answer === undefined || after === undefined) return undefined;
  const seen = `a second refresh with the same cookie, with a key of its own, is answered ${describe(answer)}`;
  if (!isGranted(after)) {
    return warning(
      'overlap',
      `${seen}, and the session has ended`,
      'Two tabs of a browser without Web Locks, or a web view that is restarted, sign the user out.',
      'Answer the previous cookie with the same successor for 10 s after a rotation, unless you want strict rotation.',
    );
  }
  if (!isGranted(answer) || isSameSuccessor(observations, 'in-time', 'overlap')) return ok('overlap', seen);
  return warning(
    'overlap',
    `${seen}, with another successor`,
    'The session has two branches from then on, and a thief can live in one of them unseen.',
    'Answer the previous cookie with the same successor, or with 409.',
  );
}

/** Whether a refresh token that was copied is noticed. */
export function checkReuse(observations: Observations): readonly Finding[] | undefined {
  if (!rotates(observations)) return undefined;
  const answer = fateOf(observations, 'reuse') ?? refusedOverlap(observations);
  const after = fateOf(observations, 'after-reuse') ?? fateOf(observations, 'after-overlap');
  if (answer === undefined || after === undefined) return undefined;
  const change = 'Treat any token but the current one and its parent as stolen, and end the session.';
  if (isGranted(answer)) {
    return [
      error('reuse', 'an old refresh token still works', 'A copy of the cookie is as good as the cookie.', change),
    ];
  }
  if (isGranted(after)) {
    return [
      warning(
        'reuse',
        `an old refresh token is answered ${describe(answer)}, and the session goes on`,
        'If the thief was first, it is the user whose token is old: the thief stays signed in.',
        change,
      ),
    ];
  }
  return [ok('reuse', `an old refresh token is answered ${describe(answer)}, and ends the session`)];
}

/** What a step was answered; `undefined` also where that says nothing about the session. */
function fateOf(observations: Observations, step: Step): Answer | undefined {
  const answer = answerTo(observations, step);
  return isDeferred(answer) ? undefined : answer;
}

/** The answer to the second of two refreshes that overlapped, where it was taken for reuse. */
function refusedOverlap(observations: Observations): Answer | undefined {
  const [answer, after] = [fateOf(observations, 'overlap'), fateOf(observations, 'after-overlap')];
  return isGranted(answer) || isGranted(after) ? undefined : answer;
}

/** Whether the cookies of the session are others after a refresh. */
function rotates(observations: Observations): boolean {
  const signIn = answered(observations, 'sign-in');
  const refresh = answered(observations, 'refresh');
  if (signIn === undefined || refresh === undefined) return false;
  const before = valuesSetBy(observations, signIn);
  return [...valuesSetBy(observations, refresh)].some(([name, value]) => before.get(name) !== value);
}

/** By the cookie, or by `seq`: a cookie that is encrypted anew is another text each time. */
function isSameSuccessor(observations: Observations, first: Step, second: Step): boolean {
  const [one, other] = [answered(observations, first), answered(observations, second)];
  if (one === undefined || other === undefined) return false;
  const again = valuesSetBy(observations, other);
  const isSameCookie = [...valuesSetBy(observations, one)].every(([name, value]) => again.get(name) === value);
  return isSameCookie || isSameSeq(one.answer, other.answer);
}

function isSameSeq(one: Answer, other: Answer): boolean {
  const seq = tokensOf(one)?.seq;
  return seq !== undefined && seq === tokensOf(other)?.seq;
}

function valuesSetBy(
  observations: Observations,
  exchange: Parameters<typeof cookiesSetBy>[0],
): ReadonlyMap<string, string> {
  const names = new Set(sessionCookies(observations)?.map(({ name }) => name));
  const set = cookiesSetBy(exchange).filter((cookie) => names.has(cookie.name) && !deletes(cookie));
  return new Map(set.map(({ name, value }) => [name, value]));
}

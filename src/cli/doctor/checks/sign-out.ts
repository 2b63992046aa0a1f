import { cookiesSetBy, sessionCookies } from '../cookies/session-cookies.ts';
import { deletes, pathKept, type SetCookie } from '../cookies/set-cookie.ts';
import { describe, interceptedBy, isGranted } from '../exchange.ts';
import { error, type Finding, listed, ok, warning } from '../finding.ts';
import { answered, answerTo, isAnswered, type Observations } from '../observations.ts';
import { isThere } from '../reachability.ts';

/** Whether a sign-out ends the session, and nothing else deletes the cookie. */
export function checkSignOut(observations: Observations): readonly Finding[] | undefined {
  const signOut = answered(observations, 'sign-out');
  if (signOut === undefined || !isThere(observations, 'sign-out')) return undefined;
  const { status } = signOut.answer;
  const isConfirmed = status >= 200 && status < 300 && interceptedBy(signOut.answer) === undefined;
  if (!isConfirmed) {
    return [
      error(
        'sign-out',
        `the sign-out is answered ${describe(signOut.answer)}`,
        'The client does not know whether the session has ended: it tries again, and gives up in the end.',
        'Answer 204.',
      ),
    ];
  }
  return [...ended(observations), ...cleared(observations), ...clearedElsewhere(observations)];
}

function ended(observations: Observations): Finding[] {
  const after = answerTo(observations, 'after-sign-out');
  if (after === undefined) return [];
  if (!isGranted(after))
    return [ok('sign-out', `the sign-out ends the session: a refresh is answered ${describe(after)}`)];
  return [
    error(
      'sign-out',
      'after the sign-out, the refresh token still works',
      'Whoever has a copy of the cookie stays signed in.',
      'Revoke the session in the database. Deleting the cookie alone does not end it.',
    ),
  ];
}

function cleared(observations: Observations): Finding[] {
  const signIn = answered(observations, 'sign-in');
  const signOut = answered(observations, 'sign-out');
  const kept = sessionCookies(observations) ?? [];
  if (signIn === undefined || signOut === undefined || kept.length === 0) return [];
  const { endpoints } = observations.target;
  const placeOf = (cookie: SetCookie, url: URL): string =>
    [cookie.name, cookie.domain ?? '', pathKept(cookie, url)].join(' ');
  const deleted = cookiesSetBy(signOut).filter(deletes);
  const places = new Set(deleted.map((cookie) => placeOf(cookie, endpoints['sign-out'])));
  const left = kept.filter((cookie) => !places.has(placeOf(cookie, endpoints['sign-in'])));
  if (left.length === 0) return [ok('sign-out-cookie', 'the sign-out deletes the cookie')];
  const names = listed(left.map(({ name }) => name));
  const isElsewhere = left.some(({ name }) => deleted.some((cookie) => cookie.name === name));
  return [
    warning(
      'sign-out-cookie',
      isElsewhere
        ? `the sign-out deletes ${names} with another Path or Domain`
        : `the sign-out does not delete ${names}`,
      'The browser keeps the cookie, and the next page asks for a session that has ended.',
      'Set it again with Max-Age=0 and otherwise the same attributes.',
    ),
  ];
}

function clearedElsewhere(observations: Observations): Finding[] {
  const names = new Set(sessionCookies(observations)?.map(({ name }) => name));
  const others = observations.exchanges
    .filter(isAnswered)
    .filter(({ endpoint }) => endpoint === 'refresh')
    .filter((exchange) => cookiesSetBy(exchange).some((cookie) => names.has(cookie.name) && deletes(cookie)));
  if (others.length === 0) return [ok('cookie-deleted', 'no refresh deletes the cookie')];
  return [
    warning(
      'cookie-deleted',
      `a refresh that is refused deletes the cookie: ${listed(others.map(({ answer }) => describe(answer)))}`,
      'A late answer then deletes the cookie of a sign-in that came in between.',
      'Delete the cookie in the answer to a sign-out only.',
    ),
  ];
}

import { sessionCookies } from '../cookies/session-cookies.ts';
import { type SetCookie, sameSiteText } from '../cookies/set-cookie.ts';
import { isGranted } from '../exchange.ts';
import { error, type Finding, ok } from '../finding.ts';
import { answerTo, type Observations } from '../observations.ts';
import type { Target } from '../target.ts';
import { judgeHttpOnly, judgePrefix, judgeSameSite, judgeSecure } from './cookie-protection.ts';
import { judgeDomain, judgeLifetime, judgePath, judgeSize } from './cookie-scope.ts';

/** Judges one attribute of one cookie: `undefined` where nothing is wrong with it. */
type JudgeCookie = (cookie: SetCookie, target: Target, all: readonly SetCookie[]) => Finding | undefined;

const ATTRIBUTES: readonly JudgeCookie[] = [
  judgeHttpOnly,
  judgeSecure,
  judgeSameSite,
  judgePrefix,
  judgePath,
  judgeDomain,
  judgeLifetime,
  judgeSize,
];

/** Whether a browser keeps the cookies of the session, sends them where they belong, and hides them from script. */
export function checkCookie(observations: Observations): readonly Finding[] | undefined {
  const cookies = sessionCookies(observations);
  if (cookies === undefined || !isGranted(answerTo(observations, 'sign-in'))) return undefined;
  if (cookies.length === 0) {
    return [
      error(
        'cookie',
        'the sign-in sets no cookie',
        'The session ends with the page: a reload signs the user out.',
        'Set the refresh token as a cookie: __Host-refresh=…; Path=/; Max-Age=…; HttpOnly; Secure; SameSite=Strict.',
      ),
    ];
  }
  return cookies.flatMap((cookie) => [
    ok('cookie', inWords(cookie)),
    ...ATTRIBUTES.flatMap((judge) => judge(cookie, observations.target, cookies) ?? []),
  ]);
}

/** The cookie without its value. */
function inWords({ name, value, path, domain, lifetime, isSecure, isHttpOnly, sameSite }: SetCookie): string {
  const attributes = [
    path !== undefined && `Path=${path}`,
    domain !== undefined && `Domain=${domain}`,
    isHttpOnly && 'HttpOnly',
    isSecure && 'Secure',
    sameSite !== undefined && `SameSite=${sameSiteText(sameSite)}`,
  ];
  const life = lifetime === undefined ? '' : `, kept for ${lengthOf(lifetime)}`;
  const size = `${name.length + value.length} bytes`;
  return `${[name, ...attributes.filter((it) => it !== false)].join('; ')}: ${size}${life}`;
}

function lengthOf(seconds: number): string {
  const days = Math.round(seconds / 86_400);
  if (days >= 1) return days === 1 ? '1 day' : `${days} days`;
  return `${Math.round(seconds / 60)} minutes`;
}

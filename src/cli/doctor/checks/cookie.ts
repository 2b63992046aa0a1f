import { sessionCookies } from '../cookies/session-cookies.ts';
import type { SetCookie } from '../cookies/set-cookie.ts';
import { isGranted } from '../exchange.ts';
import { error, type Finding, listed, ok } from '../finding.ts';
import { answerTo, type Observations } from '../observations.ts';
import type { Target } from '../target.ts';
import { judgeHttpOnly, judgePrefix, judgeSameSite, judgeSecure } from './cookie-protection.ts';
import { judgeDomain, judgeLifetime, judgePath, judgeSize } from './cookie-scope.ts';

/** Judges one attribute of one cookie: `undefined` where nothing is wrong with it. */
type JudgeCookie = (cookie: SetCookie, target: Target, all: readonly SetCookie[]) => Finding | undefined;

/** What each attribute is judged by, and what to say of it where all is well. */
const ATTRIBUTES: readonly (readonly [check: string, judge: JudgeCookie, say: (cookie: SetCookie) => string])[] = [
  ['cookie-http-only', judgeHttpOnly, () => 'HttpOnly'],
  ['cookie-secure', judgeSecure, ({ isSecure }) => (isSecure ? 'Secure' : 'without Secure, on this machine')],
  [
    'cookie-same-site',
    judgeSameSite,
    ({ sameSite = '' }) => `SameSite=${sameSite.charAt(0).toUpperCase()}${sameSite.slice(1)}`,
  ],
  [
    'cookie-prefix',
    judgePrefix,
    ({ name }) => (name.startsWith('__') ? `the prefix of ${name}` : 'no prefix, on this machine'),
  ],
  ['cookie-path', judgePath, ({ path }) => (path === undefined ? 'no Path' : `Path=${path}`)],
  ['cookie-domain', judgeDomain, () => 'no Domain'],
  ['cookie-lifetime', judgeLifetime, ({ lifetime }) => `a life of ${inWords(lifetime ?? 0)}`],
  ['cookie-size', judgeSize, ({ name, value }) => `${name.length + value.length} bytes`],
];

/** Whether a browser keeps the cookies of the session, sends them where they belong, and hides them from script. */
export function checkCookie(observations: Observations): readonly Finding[] | undefined {
  const cookies = sessionCookies(observations);
  if (cookies === undefined || !isGranted(answerTo(observations, 'sign-in'))) return undefined;
  if (cookies.length === 0) {
    return [
      error(
        'cookie-set',
        'the sign-in sets no cookie',
        'The session ends with the page: a reload signs the user out.',
        'Set the refresh token as a cookie: __Host-refresh=…; Path=/; Max-Age=…; HttpOnly; Secure; SameSite=Strict.',
      ),
    ];
  }
  const named = ok('cookie-set', `the session is in ${listed(cookies.map(({ name }) => name))}`);
  const findings = ATTRIBUTES.flatMap(([check, judge, say]) => {
    const wrong = cookies.flatMap((cookie) => judge(cookie, observations.target, cookies) ?? []);
    return wrong.length > 0 ? wrong : [ok(check, listed(cookies.map(say)))];
  });
  return [named, ...findings];
}

function inWords(seconds: number): string {
  const days = Math.round(seconds / 86_400);
  return days >= 2 ? `${days} days` : `${Math.round(seconds / 60)} minutes`;
}

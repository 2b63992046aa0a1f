import { answered, isAnswered, type Observations } from '../observations.ts';
import { deletes, parseSetCookie, type SetCookie } from './set-cookie.ts';

/** The cookies that an answer sets, those that it deletes included. */
export function cookiesSetBy(exchange: { answer: { setCookies: readonly string[] }; receivedAt: number }): SetCookie[] {
  return exchange.answer.setCookies.map((field) => parseSetCookie(field, exchange.receivedAt));
}

/**
 * The cookies that hold the session, as the sign-in has set them; `undefined` where nobody could sign in.
 *
 * Servers set others as well (a load balancer's, a CSRF token for script): those that nobody is given too are not meant,
 * and of the rest those that a refresh sets again, or that are called a refresh token.
 */
export function sessionCookies(observations: Observations): readonly SetCookie[] | undefined {
  const signIn = answered(observations, 'sign-in');
  if (signIn === undefined) return undefined;
  const ofNobody = observations.exchanges.filter(isAnswered).filter(({ step }) => step.startsWith('nobody-'));
  const general = new Set(ofNobody.flatMap(cookiesSetBy).map(({ name }) => name));
  const kept = cookiesSetBy(signIn).filter((cookie) => !deletes(cookie) && !/csrf|xsrf/i.test(cookie.name));
  const own = kept.filter(({ name }) => !general.has(name));
  const candidates = own.length > 0 ? own : kept;

  const refresh = answered(observations, 'refresh');
  const again = new Set(refresh === undefined ? [] : cookiesSetBy(refresh).map(({ name }) => name));
  const preferred = [
    candidates.filter(({ name }) => again.has(name)),
    candidates.filter(({ name }) => /refresh/i.test(name)),
  ];
  return preferred.find((cookies) => cookies.length > 0) ?? candidates;
}

import { isObject } from '../../../auth-server/tokens/is-object.ts';
import { spelledOut } from '../../../auth-server/tokens/spelled-out.ts';
import { sessionCookies } from '../cookies/session-cookies.ts';
import { parseSetCookie } from '../cookies/set-cookie.ts';
import { isGranted } from '../exchange.ts';
import { error, type Finding, listed, ok, warning } from '../finding.ts';
import { isAnswered, type Observations } from '../observations.ts';
import { tokensOf } from '../tokens-of.ts';

/** A parameter that carries a token in an address. */
const TOKEN_PARAMETER = /[?&#](?:access_?token|refresh_?token|id_?token|token|jwt)=[^&#\s]/i;

const MAX_DEPTH = 32;

/** Whether answers with tokens may be stored. */
export function checkNoStore(observations: Observations): readonly Finding[] | undefined {
  const granted = grantedBy(observations);
  if (granted.length === 0) return undefined;
  const stored = granted.filter(({ answer }) => !/\bno-store\b/i.test(answer.headers.get('cache-control') ?? ''));
  if (stored.length === 0) return [ok('no-store', 'answers with tokens have Cache-Control: no-store')];
  return [
    warning(
      'no-store',
      `no Cache-Control: no-store on answers of ${listed(stored.map(({ endpoint }) => endpoint))}`,
      'A proxy or the browser may store a token, and give it to somebody else (RFC 6749 section 5.1).',
      'Set Cache-Control: no-store on every answer of the auth endpoints.',
    ),
  ];
}

/** Whether script gets to see the refresh token. */
export function checkRefreshTokenInBody(observations: Observations): readonly Finding[] | undefined {
  const granted = grantedBy(observations);
  if (granted.length === 0) return undefined;
  const cookies = new Set(sessionCookies(observations)?.map(({ name }) => name));
  const shown = granted.filter(({ answer, receivedAt }) => {
    const kept = answer.setCookies.map((field) => parseSetCookie(field, receivedAt));
    const secrets = kept.filter(({ name }) => cookies.has(name)).map(({ value }) => value);
    return someText(answer.body, (text, name) => isRefreshToken(name, text) || secrets.some((it) => holds(text, it)));
  });
  if (shown.length === 0) return [ok('refresh-token-in-body', 'no refresh token in the body of an answer')];
  return [
    error(
      'refresh-token-in-body',
      `a refresh token in the body of ${listed(shown.map(({ endpoint }) => endpoint))}`,
      'Script can read it, and so can whoever gets script into the page: the HttpOnly cookie protects nothing then.',
      'Send the refresh token in the cookie only.',
    ),
  ];
}

/** Whether a token stands in an address. */
export function checkTokensInAddresses(observations: Observations): readonly Finding[] | undefined {
  const all = observations.exchanges.filter(isAnswered);
  if (all.length === 0) return undefined;
  const found = all.filter(({ answer }) => {
    const accessToken = tokensOf(answer)?.accessToken ?? '';
    const isLeak = (text: string): boolean =>
      TOKEN_PARAMETER.test(text) || (/^[a-z][a-z+.-]*:\/\//i.test(text) && holds(text, accessToken));
    return isLeak(answer.headers.get('location') ?? '') || someText(answer.body, isLeak);
  });
  if (found.length === 0) return [ok('token-in-address', 'no token in an address')];
  return [
    error(
      'token-in-address',
      `a token in an address, in an answer of ${listed(found.map(({ endpoint }) => endpoint))}`,
      'Addresses end up in logs, in the history and in the Referer header (RFC 9700 section 4.3.2).',
      'Send tokens in the body of the answer, and the access token in the Authorization header.',
    ),
  ];
}

function grantedBy({ exchanges }: Observations) {
  return exchanges.filter(isAnswered).filter(({ endpoint, answer }) => endpoint !== 'sign-out' && isGranted(answer));
}

function isRefreshToken(name: string, text: string): boolean {
  return text !== '' && /^refresh$|(?:^|_)refresh_?token$/.test(spelledOut(name));
}

// What is shorter is no secret, and may be part of any word.
function holds(text: string, secret: string): boolean {
  return secret.length >= 16 && text.includes(secret);
}

function someText(value: unknown, is: (text: string, name: string) => boolean, name = '', depth = 0): boolean {
  if (typeof value === 'string') return is(value, name);
  if (!isObject(value) || depth > MAX_DEPTH) return false;
  return Object.entries(value).some(([member, item]) => someText(item, is, member, depth + 1));
}

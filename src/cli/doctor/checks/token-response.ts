import { isObject, own } from '../../../auth-server/tokens/is-object.ts';
import type { TokenResponse } from '../../../auth-server/tokens/token-response.ts';
import { type Answer, isGranted } from '../exchange.ts';
import { error, type Finding, ok, warning } from '../finding.ts';
import { answerTo, type Observations } from '../observations.ts';
import { tokensOf } from '../tokens-of.ts';

/** Whether the token response says all that the client can use. */
export function checkTokenResponse(observations: Observations): readonly Finding[] | undefined {
  const signIn = answerTo(observations, 'sign-in');
  const tokens = signIn && tokensOf(signIn);
  if (signIn === undefined || tokens === undefined) return undefined;
  const refreshed = answerTo(observations, 'refresh');
  const next = isGranted(refreshed) ? tokensOf(refreshed) : undefined;
  return [
    tokenType(signIn),
    expiresIn(signIn, tokens),
    identity(tokens),
    sid(tokens, next),
    ...(next === undefined ? [] : [seq(tokens, next)]),
  ];
}

function tokenType(answer: Answer): Finding {
  if (member(answer, 'token_type') !== undefined) return ok('token-type', 'token_type is Bearer');
  return warning(
    'token-type',
    'there is no token_type',
    'RFC 6749 section 5.1 requires it. A `token` without it may be taken for the ticket to a second factor.',
    'Add token_type: "Bearer".',
  );
}

function expiresIn(answer: Answer, { lifetimeMs, raw }: TokenResponse): Finding {
  const fromJwt = typeof raw.exp === 'number' && typeof raw.iat === 'number' ? raw.exp - raw.iat : undefined;
  const stated = lifetimeMs === undefined ? undefined : lifetimeMs / 1000;
  if (member(answer, 'expires_in') === undefined) {
    return warning(
      'expires-in',
      fromJwt === undefined ? 'there is no expires_in' : `there is no expires_in; the JWT lives for ${fromJwt} s`,
      fromJwt === undefined
        ? 'The client does not know when to refresh: it uses the token until a call is answered 401.'
        : 'The client reads the JWT instead. It no longer can once the token is opaque.',
      'Add expires_in, in seconds.',
    );
  }
  if (stated !== undefined && fromJwt !== undefined && Math.abs(stated - fromJwt) > 5) {
    return error(
      'expires-in',
      `expires_in is ${stated}, and the JWT lives for ${fromJwt} s`,
      'The client goes by expires_in: it refreshes too early, or sends tokens that have expired.',
      'Set expires_in to exp − iat, in seconds.',
    );
  }
  return ok('expires-in', `expires_in is ${stated ?? 'not a number of seconds'}`);
}

function identity({ raw, members }: TokenResponse): Finding {
  const { user } = members;
  const ids = [own(raw, 'sub'), ...(isObject(user) ? [own(user, 'id'), own(user, 'sub')] : [])];
  if (ids.some((id) => (typeof id === 'string' && id !== '') || Number.isSafeInteger(id))) {
    return ok('identity', 'the answer says who is signed in');
  }
  return warning(
    'identity',
    'the answer does not say who is signed in',
    'The client cannot notice that somebody else has signed in in another tab, and calls may go out in their name.',
    'Add sub to the JWT, or user.id to the answer; or set `userId`.',
  );
}

function sid(tokens: TokenResponse, next: TokenResponse | undefined): Finding {
  if (tokens.sid === undefined) {
    return warning(
      'sid',
      'there is no sid',
      'A sign-out that is late can then end the session of somebody who has signed in since.',
      'Add sid: a text that names the session, the same in every answer about it.',
    );
  }
  if (next !== undefined && next.sid === undefined) {
    return warning(
      'sid',
      'a refresh has no sid',
      'The client can no longer tell the session from another one of the same user.',
      'Send the same sid from the sign-in to the sign-out.',
    );
  }
  if (next !== undefined && next.sid !== tokens.sid) {
    return error(
      'sid',
      'a refresh has another sid',
      'The client takes it for another session.',
      'Send the same sid from the sign-in to the sign-out.',
    );
  }
  return ok('sid', next === undefined ? 'there is a sid' : 'sid stays the same over a refresh');
}

function seq(tokens: TokenResponse, next: TokenResponse): Finding {
  if (tokens.seq === undefined || next.seq === undefined) {
    return warning(
      'seq',
      'there is no seq',
      'Of two answers that overtake each other, the client cannot tell which one is newer.',
      'Add seq: a number that grows with every refresh of the session.',
    );
  }
  if (next.seq > tokens.seq) return ok('seq', 'seq grows with a refresh');
  return error(
    'seq',
    'seq does not grow with a refresh',
    'The client takes the answer for an old one, and drops its token.',
    'Let it grow with every refresh of the session.',
  );
}

/** A member of the answer, or of its `data`, under either spelling. */
function member({ body }: Answer, name: string): unknown {
  const camelCase = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const holders = isObject(body) ? [body, own(body, 'data')].filter(isObject) : [];
  return holders.flatMap((holder) => [own(holder, name), own(holder, camelCase)]).find((value) => value !== undefined);
}

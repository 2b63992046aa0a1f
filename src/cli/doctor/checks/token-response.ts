import { isObject, own } from '../../../auth-server/tokens/is-object.ts';
import { nameOf } from '../../../auth-server/tokens/name-of.ts';
import type { TokenResponse } from '../../../auth-server/tokens/token-response.ts';
import { type Answer, isGranted } from '../exchange.ts';
import { error, type Finding, ok, warning } from '../finding.ts';
import { answerTo, type Observations } from '../observations.ts';
import { type AnswerFields, tokensOf, valueAt } from '../tokens-of.ts';

/** Whether the token response says all that the client can use. */
export function checkTokenResponse(observations: Observations): readonly Finding[] | undefined {
  const signIn = answerTo(observations, 'sign-in');
  const tokens = signIn && tokensOf(signIn);
  if (signIn === undefined || tokens === undefined) return undefined;
  const refreshed = answerTo(observations, 'refresh');
  const next = isGranted(refreshed) ? tokensOf(refreshed) : undefined;
  const { answerFields: fields } = observations.target;
  return [
    // Where the token has a name of its own, nothing has to tell it from the ticket to a second factor.
    ...(fields.accessToken === undefined ? [tokenType(signIn)] : []),
    expiresIn(signIn, tokens, fields),
    identity(signIn, tokens, fields),
    sid(tokens, next, fields),
    ...(next === undefined ? [] : [seq(tokens, next, fields)]),
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

function expiresIn(answer: Answer, { lifetimeMs, raw }: TokenResponse, fields: AnswerFields): Finding {
  const given =
    fields.accessToken === undefined ? member(answer, 'expires_in') : valueAt(answer.body, fields.expiresIn);
  const name = fields.expiresIn === undefined ? 'expires_in' : 'the field that --expires-in-field names';
  const fromJwt = typeof raw.exp === 'number' && typeof raw.iat === 'number' ? raw.exp - raw.iat : undefined;
  const stated = lifetimeMs === undefined ? undefined : lifetimeMs / 1000;
  if (given === undefined) {
    const missing = fields.expiresIn === undefined ? `there is no ${name}` : `${name} is missing`;
    return warning(
      'expires-in',
      fromJwt === undefined ? missing : `${missing}; the JWT lives for ${fromJwt} s`,
      fromJwt === undefined
        ? 'The client does not know when to refresh: it uses the token until a call is answered 401.'
        : 'The client reads the JWT instead. It no longer can once the token is opaque.',
      fields.accessToken === undefined
        ? 'Add expires_in, in seconds.'
        : 'Give the lifetime in seconds, and name its field: --expires-in-field.',
    );
  }
  if (!isSeconds(given)) {
    return warning(
      'expires-in',
      `${name} is not a number of seconds`,
      'The client reads neither a date nor a text such as 15m: it goes by the JWT, or uses the token until a call is answered 401.',
      'Give the seconds that the token has left, as a number.',
    );
  }
  if (stated !== undefined && fromJwt !== undefined && Math.abs(stated - fromJwt) > 5) {
    return error(
      'expires-in',
      `${name} is ${stated}, and the JWT lives for ${fromJwt} s`,
      'The client goes by the former: it refreshes too early, or sends tokens that have expired.',
      'Set it to exp − iat, in seconds.',
    );
  }
  return ok('expires-in', `${name} is ${stated}`);
}

function isSeconds(value: unknown): boolean {
  const seconds = typeof value === 'string' ? Number(value) : value;
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0;
}

function identity({ body }: Answer, { raw, members }: TokenResponse, { userId }: AnswerFields): Finding {
  const { user } = members;
  const usual = [own(raw, 'sub'), ...(isObject(user) ? [own(user, 'id'), own(user, 'sub')] : [])];
  const ids = userId === undefined ? usual : [valueAt(body, userId), valueAt(raw, userId)];
  if (ids.some((id) => nameOf(id) !== undefined)) return ok('identity', 'the answer says who is signed in');
  return warning(
    'identity',
    'the answer does not say who is signed in',
    'The client cannot notice that somebody else has signed in in another tab, and calls may go out in their name.',
    userId === undefined
      ? 'Add sub to the JWT, or user.id to the answer; or set `userId`, and name the field here: --user-id-field.'
      : 'Check --user-id-field: a field of the answer, or of the JWT, with a text or a whole number.',
  );
}

function sid(tokens: TokenResponse, next: TokenResponse | undefined, fields: AnswerFields): Finding {
  if (tokens.sid === undefined) {
    return warning(
      'sid',
      'there is no sid',
      'A sign-out that is late can then end the session of somebody who has signed in since.',
      fields.sid === undefined
        ? 'Add sid: a text that names the session, the same in every answer about it.'
        : 'Check --sid-field: a field with a text or a whole number.',
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

function seq(tokens: TokenResponse, next: TokenResponse, fields: AnswerFields): Finding {
  if (tokens.seq === undefined || next.seq === undefined) {
    return warning(
      'seq',
      'there is no seq',
      'Of two answers that overtake each other, the client cannot tell which one is newer.',
      fields.seq === undefined
        ? 'Add seq: a number that grows with every refresh of the session.'
        : 'Check --seq-field: a field with a number.',
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

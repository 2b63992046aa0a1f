import { advise } from '#advice';
import { TokenResponseError } from '../../client/errors.ts';
import { furtherStepIn } from './further-step.ts';
import { isObject, own } from './is-object.ts';

type Members = Readonly<Record<string, unknown>>;

const TOKEN_NAMES = ['access_token', 'accessToken', 'access', 'token'];

/** What `readTokens` finds in a response of another form. */
export interface FoundTokens {
  readonly accessToken: string;
  /** Lifetime in seconds. Default: that of a JWT (`exp` minus `iat`), else unknown. */
  readonly expiresIn?: number;
  /** The id of the session, if the server has one: sent along with the sign-out. */
  readonly sid?: string | number;
  /** Grows with each refresh of a session, so that the newer one of two responses is known. */
  readonly seq?: number;
}

/**
 * Where the tokens of a response are: in `holder`, which is the response, its `data`, or what `readTokens`
 * returned.
 */
export interface TokensIn {
  readonly body: unknown;
  readonly holder: Members;
  readonly accessToken: string;
}

/** Why a response counts as one without an access token. */
export interface NoTokens {
  readonly missing: string;
  /** What `readTokens` threw. */
  readonly cause?: unknown;
}

/** Finds the tokens in a response of another form. */
export type ReadTokens = (body: unknown) => FoundTokens;

/** Finds the tokens of a response, whether or not they can be used. Never throws. */
export function findTokens(body: unknown, readTokens?: ReadTokens): TokensIn | NoTokens {
  return readTokens === undefined ? findInKnownPlaces(body) : findBy(readTokens, body);
}

/** The same, but throws a `TokenResponseError` if there is no access token. */
export function requireTokens(body: unknown, readTokens?: ReadTokens): TokensIn {
  const found = findTokens(body, readTokens);
  if ('missing' in found) throw new TokenResponseError(found.missing, found.cause);
  return found;
}

function findInKnownPlaces(body: unknown): TokensIn | NoTokens {
  for (const holder of [body, own(body, 'data')].filter(isObject)) {
    const name = nameOfToken(holder);
    if (name === undefined) continue;
    const step = mayBeTicket(name, holder) ? (furtherStepIn(holder) ?? furtherStepIn(body as Members)) : undefined;
    return step === undefined ? { body, holder, accessToken: textOf(holder, name) } : { missing: unfinished(step) };
  }
  return { missing: `it holds no access token${advise('no token')}.` };
}

function findBy(readTokens: ReadTokens, body: unknown): TokensIn | NoTokens {
  try {
    const holder: Members = { ...readTokens(body) };
    const name = nameOfToken(holder);
    if (name === undefined) return { missing: `\`readTokens\` found no access token in it${advise('read tokens')}.` };
    return { body, holder, accessToken: textOf(holder, name) };
  } catch (cause) {
    return { missing: '`readTokens` threw.', cause };
  }
}

function nameOfToken(members: Members): string | undefined {
  return TOKEN_NAMES.find((name) => textOf(members, name) !== '');
}

/**
 * Whether a token may as well be the ticket to a second factor: tickets are called `token`, too, and have a
 * lifetime. But no server calls one a bearer token, or issues a refresh token with it.
 */
function mayBeTicket(name: string, holder: Members): boolean {
  return (
    (name === 'access' || name === 'token') &&
    !['token_type', 'tokenType'].some((type) => /^bearer$/i.test(textOf(holder, type))) &&
    !['refresh_token', 'refreshToken', 'refresh'].some((refresh) => textOf(holder, refresh) !== '')
  );
}

/** A member's text; empty if it is no text. */
function textOf(members: Members, name: string): string {
  const value = own(members, name);
  return typeof value === 'string' ? value : '';
}

function unfinished(step: string): string {
  return `it holds no access token: ${/^[\w-]{1,40}$/.test(step) ? `\`${step}\`` : 'a member'} says that the sign-in is not finished${advise('ticket or token')}.`;
}

import { TokenResponseError } from '../errors.ts';
import { jwtPayload } from './jwt-payload.ts';
import { withoutTokens } from './response-members.ts';

/** A token response, whichever way it was spelled. */
export interface TokenResponse {
  readonly accessToken: string;
  readonly lifetimeMs?: number | undefined;
  readonly sid?: string | undefined;
  readonly seq?: number | undefined;
  /** The payload of an access token that is a JWT, unverified; `{}` for an opaque one. */
  readonly raw: Readonly<Record<string, unknown>>;
  /** The answer's other members, such as `user`: never a token. */
  readonly members: Readonly<Record<string, unknown>>;
}

/** What `readTokens` finds in an answer of a form of its own. */
export interface FoundTokens {
  readonly accessToken: string;
  /** Lifetime in seconds. */
  readonly expiresIn?: number;
  readonly sid?: string | number;
  readonly seq?: number;
}

type Members = Record<string, unknown>;

const tokenNames = ['access_token', 'accessToken', 'access', 'token'] as const;
/** Visible ASCII: what can be sent as it is, and what servers issue, whatever RFC 6750 §2.1 allows of it. */
const bearerSyntax = /^[!-~]+$/;

export const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null;

const own = (members: Members, name: string): unknown => (Object.hasOwn(members, name) ? members[name] : undefined);

/** Where in an answer the access token stands: at the top, or under `data`; `undefined` where there is none. */
const holderOf = (body: unknown): Members | undefined =>
  [body, isObject(body) ? own(body, 'data') : undefined]
    .filter(isObject)
    .find((holder) => tokenNames.some((name) => typeof own(holder, name) === 'string'));

/** Whether an answer has an access token in it at all. */
export const hasToken = (body: unknown): boolean => holderOf(body) !== undefined;

/**
 * Reads a token response: RFC 6749 §5.1, and the camelCase and wrapped forms of real back ends. A refresh token that it
 * meets is not kept. Throws `TokenResponseError` where there is no token that could be used.
 */
export const readTokenResponse = (body: unknown, readTokens?: (body: unknown) => FoundTokens): TokenResponse => {
  const holder = readTokens === undefined ? holderOf(body) : attempt(() => ({ ...readTokens(body) }));
  if (holder === undefined) throw new TokenResponseError('it holds no access token.');
  const accessToken = tokenNames.map((name) => own(holder, name)).find((value) => typeof value === 'string');
  if (accessToken === undefined || !bearerSyntax.test(accessToken)) {
    throw new TokenResponseError(
      'the access token is empty or has characters that no header may have. It has to be visible ASCII, without spaces.',
    );
  }
  const type = own(holder, 'token_type') ?? own(holder, 'tokenType');
  if (isObject(type) || String(type ?? 'bearer').toLowerCase() !== 'bearer') {
    throw new TokenResponseError('its `token_type` is not Bearer.');
  }
  const raw = jwtPayload(accessToken) ?? {};
  const seq = own(holder, 'seq');
  return {
    accessToken,
    lifetimeMs: lifetimeMsOf(own(holder, 'expires_in') ?? own(holder, 'expiresIn'), raw),
    sid: sidOf(own(holder, 'sid')),
    seq: Number.isFinite(seq) ? (seq as number) : undefined,
    raw,
    members: withoutTokens(membersOf(body, holder, accessToken), accessToken),
  };
};

/** A row's number names a session as well as a text does, as far as JSON has not rounded it. */
const sidOf = (sid: unknown): string | undefined =>
  typeof sid === 'string' || Number.isSafeInteger(sid) ? String(sid) : undefined;

/** The members of an answer; those under `data` stand beside the others where the token was read from there. */
const membersOf = (body: unknown, holder: Members, accessToken: string): Members => {
  if (!isObject(body)) return holder;
  const { data, ...others } = body;
  const isHolder = isObject(data) && !Array.isArray(data) && Object.values(data).includes(accessToken);
  return isHolder ? { ...others, ...data, ...holder } : { ...body, ...holder };
};

/** Seconds, as number or text; else what the JWT says of its own length; else unknown. */
const lifetimeMsOf = (expiresIn: unknown, raw: Members): number | undefined => {
  const fromJwt = typeof raw.exp === 'number' && typeof raw.iat === 'number' ? raw.exp - raw.iat : undefined;
  const stated = typeof expiresIn === 'string' ? Number(expiresIn) : expiresIn;
  return [stated, fromJwt]
    .filter((seconds) => typeof seconds === 'number')
    .map((seconds) => seconds * 1000)
    .find((ms) => Number.isFinite(ms) && ms > 0);
};

const attempt = <T>(read: () => T): T => {
  try {
    return read();
  } catch (error) {
    throw new TokenResponseError('`readTokens` threw.', error);
  }
};

import { decodeJwt } from 'jose';
import { TokenResponseError } from '../errors.ts';
import { isPlain } from '../session/plain.ts';

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
  readonly sid?: string;
  readonly seq?: number;
}

type Members = Record<string, unknown>;

const tokenNames = ['access_token', 'accessToken', 'access', 'token'] as const;
/** The b64token of RFC 6750 §2.1: what may stand in the header. */
const bearerSyntax = /^[A-Za-z0-9._~+/-]+=*$/;

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
    throw new TokenResponseError('the access token has characters that no header may have (RFC 6750 §2.1).');
  }
  const type = own(holder, 'token_type') ?? own(holder, 'tokenType');
  if (isObject(type) || String(type ?? 'bearer').toLowerCase() !== 'bearer') {
    throw new TokenResponseError('its `token_type` is not Bearer.');
  }
  const raw = payloadOf(accessToken);
  const { sid, seq } = holder;
  return {
    accessToken,
    lifetimeMs: lifetimeMsOf(own(holder, 'expires_in') ?? own(holder, 'expiresIn'), raw),
    sid: typeof sid === 'string' ? sid : undefined,
    seq: Number.isFinite(seq) ? (seq as number) : undefined,
    raw,
    members: membersOf(isObject(body) ? { ...body, ...holder } : holder, accessToken),
  };
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

const payloadOf = (token: string): Members => {
  try {
    return decodeJwt(token);
  } catch {
    return {};
  }
};

const membersOf = (members: Members, accessToken: string): Members => {
  const { access: _, data: __, ...others } = members;
  return withoutTokens(others, accessToken, 0) as Members;
};

/** Drops texts and objects that are named as a token, and every text with the access token in it, at any depth. */
const withoutTokens = (value: unknown, accessToken: string, depth: number): unknown => {
  if (!isPlain(value)) return value;
  if (depth > maxDepth) throw new TokenResponseError('it is nested too deeply.');
  const kept = Object.entries(value)
    .filter(([name, item]) => !(typeof item === 'string' && item.includes(accessToken)) && !isNamedAsToken(name, item))
    .map(([name, item]): [string, unknown] => [name, withoutTokens(item, accessToken, depth + 1)]);
  return Array.isArray(value) ? kept.map(([, item]) => item) : Object.fromEntries(kept);
};

const isNamedAsToken = (name: string, item: unknown): boolean =>
  /token|jwt|^refresh$/i.test(name) && /string|object/.test(typeof item);

const maxDepth = 32;

const attempt = <T>(read: () => T): T => {
  try {
    return read();
  } catch (error) {
    throw new TokenResponseError('`readTokens` threw.', error);
  }
};

import { advise } from '#advice';
import { TokenResponseError } from '../../client/errors.ts';
import { type ReadTokens, requireTokens, type TokensIn } from './find-tokens.ts';
import { isObject, own } from './is-object.ts';
import { jwtPayload } from './jwt-payload.ts';
import { nameOf } from './name-of.ts';
import { withoutTokens } from './without-tokens.ts';

type Members = Readonly<Record<string, unknown>>;

/** A token response, however its members were spelled. */
export interface TokenResponse {
  readonly accessToken: string;
  readonly lifetimeMs?: number | undefined;
  readonly sid?: string | undefined;
  readonly seq?: number | undefined;
  /** The payload of an access token that is a JWT, unverified; `{}` for an opaque one. */
  readonly raw: Readonly<Record<string, unknown>>;
  /** The response's other members, such as `user`: never a token. */
  readonly members: Readonly<Record<string, unknown>>;
}

/** Visible ASCII can be sent as it is. Servers issue more of it than RFC 6750 §2.1 allows. */
const BEARER_SYNTAX = /^[!-~]+$/;

/**
 * Reads a token response: RFC 6749 §5.1, and the camelCase and wrapped forms of real back ends. A refresh
 * token in it is not kept. Throws `TokenResponseError` if there is no token that could be used.
 */
export function readTokenResponse(body: unknown, readTokens?: ReadTokens): TokenResponse {
  return readFoundTokens(requireTokens(body, readTokens));
}

/** Reads what `findTokens` has found. Throws `TokenResponseError` if it cannot be used. */
export function readFoundTokens({ body, holder, accessToken }: TokensIn): TokenResponse {
  if (!BEARER_SYNTAX.test(accessToken)) {
    throw new TokenResponseError(
      `the access token has characters that no header may have.${advise('token characters')}`,
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
    sid: nameOf(own(holder, 'sid')),
    seq: Number.isFinite(seq) ? (seq as number) : undefined,
    raw,
    members: withoutTokens(membersOf(body, holder, accessToken), accessToken),
  };
}

/** The members of a response. Those under `data` are put beside the others if the token was found there. */
function membersOf(body: unknown, holder: Members, accessToken: string): Members {
  if (!isObject(body)) return holder;
  const { data, ...others } = body;
  const isHolder = isObject(data) && !Array.isArray(data) && Object.values(data).includes(accessToken);
  return isHolder ? { ...others, ...data, ...holder } : { ...body, ...holder };
}

/** `expires_in` in seconds, as number or text; else the difference of the JWT's own times; else unknown. */
function lifetimeMsOf(expiresIn: unknown, raw: Members): number | undefined {
  const fromJwt = typeof raw.exp === 'number' && typeof raw.iat === 'number' ? raw.exp - raw.iat : undefined;
  const stated = typeof expiresIn === 'string' ? Number(expiresIn) : expiresIn;
  return [stated, fromJwt]
    .filter((seconds) => typeof seconds === 'number')
    .map((seconds) => seconds * 1000)
    .find((ms) => Number.isFinite(ms) && ms > 0);
}

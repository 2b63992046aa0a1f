import { TokenResponseError } from '../../client/errors.ts';
import { isPlainObject } from '../../session/is-plain-object.ts';
import { spelledOut } from './spelled-out.ts';

type Members = Record<string, unknown>;

/**
 * The names that tokens have in the responses of real servers, with a prefix or a version of the server's
 * own: exact, so that `token_quota` or `tokens_used` is not one of them.
 */
const TOKEN_NAME =
  /(?:^|_)(?:access|refresh|id|auth|session|bearer)_?tokens?(?:_?v?\d+)?$|^(?:tokens?|token_?type|jwt|refresh)$/;

/** A compact JWT: the header of one begins with `{"`. The second part of an encrypted one may be empty. */
const JWT = /(?:^|[^\w-])eyJ[\w-]+\.[\w-]*\./;

/** A shorter text is no secret, but a placeholder for one, in tests for example: it may be part of any other word. */
const LEAST_SECRET_LENGTH = 16;

function holds(text: string, token: string): boolean {
  return token.length < LEAST_SECRET_LENGTH ? text.split(/\s+/).includes(token) : text.includes(token);
}

const MAX_DEPTH = 32;

/**
 * The members of a response without its tokens, at any depth: without texts and objects that are named like a
 * token, and without texts that contain a JWT, or the access token as it is or as part of an address.
 */
export function withoutTokens(members: Members, accessToken?: string): Members {
  const forms = accessToken === undefined ? [] : [accessToken, encodeURIComponent(accessToken)];
  const holdsToken = (text: string): boolean => JWT.test(text) || forms.some((form) => holds(text, form));
  const isToken = (name: string, item: unknown): boolean =>
    (typeof item === 'string' && holdsToken(item)) ||
    (name.length >= LEAST_SECRET_LENGTH && holdsToken(name)) ||
    ((typeof item === 'string' || typeof item === 'object') && TOKEN_NAME.test(spelledOut(name)));
  const kept = (value: unknown, depth: number): unknown => {
    if (!isPlainObject(value)) return value;
    if (depth > MAX_DEPTH) throw new TokenResponseError('it is nested too deeply.');
    const entries = Object.entries(value)
      .filter(([name, item]) => !isToken(name, item))
      .map(([name, item]): [string, unknown] => [name, kept(item, depth + 1)]);
    return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
  };
  return kept(members, 0) as Members;
}

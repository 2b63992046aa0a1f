import type { FoundTokens } from '../../auth-server/tokens/find-tokens.ts';
import { isObject, own } from '../../auth-server/tokens/is-object.ts';
import { readTokenResponse, type TokenResponse } from '../../auth-server/tokens/token-response.ts';
import { isAuthError } from '../../client/errors.ts';
import type { Answer, TokensRead } from './exchange.ts';

/** The fields of an answer that have names of their own: each a name, or a path such as `data.jwt`. */
export interface AnswerFields {
  /** If it is given, `expiresIn`, `sid` and `seq` are read only where they are given, too, as by `readTokens`. */
  readonly accessToken: string | undefined;
  readonly expiresIn: string | undefined;
  readonly sid: string | undefined;
  readonly seq: string | undefined;
  readonly userId: string | undefined;
}

/** Reads an answer as the client of this package does. */
export function readTokensOf(body: unknown, fields: AnswerFields): TokensRead {
  const { accessToken } = fields;
  try {
    if (accessToken === undefined) return { tokens: readTokenResponse(body) };
    const found = valueAt(body, accessToken);
    if (typeof found !== 'string' || found === '') {
      return { problem: 'the field that --access-token-field names is missing, or holds no text' };
    }
    return { tokens: readTokenResponse(body, () => foundBy(fields, body)) };
  } catch (error) {
    if (!isAuthError(error)) throw error;
    return { problem: error.message };
  }
}

/** The tokens of an answer; `undefined` where the client finds none. */
export function tokensOf({ read }: Answer): TokenResponse | undefined {
  return 'tokens' in read ? read.tokens : undefined;
}

/** What a field of an answer holds; `undefined` where it has no such field. */
export function valueAt(body: unknown, field: string | undefined): unknown {
  return field?.split('.').reduce((at, name) => (isObject(at) ? own(at, name) : undefined), body);
}

// What is in the fields is judged where it is read.
function foundBy(fields: AnswerFields, body: unknown): FoundTokens {
  const at = (field: string | undefined): unknown => valueAt(body, field);
  return {
    accessToken: at(fields.accessToken),
    expiresIn: at(fields.expiresIn),
    sid: at(fields.sid),
    seq: at(fields.seq),
  } as FoundTokens;
}

import { TokenResponseError } from '../errors.ts';
import type { User } from '../session/state.ts';
import { isObject, type TokenResponse } from './token-response.ts';

/** The part of the Standard Schema interface (version 1) that is read: a synchronous `validate`. */
export interface ClaimsSchema<Claims> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => unknown;
    readonly types?: { readonly input: unknown; readonly output: Claims } | undefined;
  };
}

type Members = Readonly<Record<string, unknown>>;

/**
 * Makes claims of a JWT's payload (`{}` for an opaque token) and the answer's other members. A Standard Schema is given the
 * payload alone.
 */
export type ParseClaims<Claims> = ((raw: Members, response: Members) => Claims) | ClaimsSchema<Claims>;

/** Says who a token response is about; `undefined` where it does not say. */
export type UserId = (raw: Members, response: Members) => string | number | undefined;

/** What a token response says about its user: display only, since nothing of it is verified here. */
export const identify = <Claims>(
  tokens: TokenResponse,
  before: User<Claims> | undefined,
  parseClaims: ParseClaims<Claims>,
  userId: UserId,
): User<Claims> => {
  const { raw, sid } = tokens;
  const said = idOf(() => userId(raw, tokens.members));
  const goesOn =
    before !== undefined &&
    (sid === undefined || before.sid === undefined || sid === before.sid) &&
    (said === undefined || said === before.id);
  const members = goesOn ? { ...before.members, ...tokens.members } : tokens.members;
  try {
    const claims = '~standard' in parseClaims ? validated(parseClaims, raw) : parseClaims(raw, members);
    if (isPromise(claims)) throw new TokenResponseError('`parseClaims` has to be synchronous.');
    return {
      id: said ?? idOf(() => userId(raw, members)),
      sid: sid ?? (goesOn ? before.sid : undefined),
      claims,
      members,
    };
  } catch (error) {
    throw error instanceof TokenResponseError ? error : new TokenResponseError('`parseClaims` threw.', error);
  }
};

/** A `userId` that stumbles over a member that a refresh leaves out has not said who it is. */
const idOf = (read: () => string | number | undefined): string | undefined => {
  try {
    const id = read();
    return typeof id === 'string' || Number.isFinite(id) ? String(id) : undefined;
  } catch {
    return undefined;
  }
};

const isPromise = (value: unknown): boolean => isObject(value) && typeof value.then === 'function';

const validated = <Claims>(schema: ClaimsSchema<Claims>, raw: Members): Claims => {
  const result = schema['~standard'].validate(raw);
  if (!isObject(result) || isPromise(result)) throw new TokenResponseError('`parseClaims` has to be synchronous.');
  if (result.issues) throw new TokenResponseError('`parseClaims` found issues.', result.issues);
  return result.value as Claims;
};

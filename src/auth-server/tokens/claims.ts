import { TokenResponseError } from '../../client/errors.ts';
import { compareIdentities, compareSessions, type Identity, learn } from '../../session/identity.ts';
import type { User } from '../../session/state.ts';
import { isObject } from './is-object.ts';
import { nameOf } from './name-of.ts';
import type { TokenResponse } from './token-response.ts';

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
 * Makes claims from a JWT's payload (`{}` for an opaque token) and the response's other members. A Standard
 * Schema is given the payload alone.
 */
export type ParseClaims<Claims> =
  | ((raw: Readonly<Record<string, unknown>>, response: Readonly<Record<string, unknown>>) => Claims)
  | ClaimsSchema<Claims>;

/**
 * Says who a token response is about; `undefined` if it does not say. This is the whole identity: if one
 * person may act for several organisations, put the organisation in it.
 */
export type UserId = (
  raw: Readonly<Record<string, unknown>>,
  response: Readonly<Record<string, unknown>>,
) => string | number | undefined;

/**
 * What a token response says about its user: display only, since nothing of it is verified here. `before`:
 * the user of the session that it goes on with, if it is not about somebody else.
 */
export function identify<Claims>(
  tokens: TokenResponse,
  before: User<Claims> | undefined,
  parseClaims: ParseClaims<Claims>,
  userId: UserId,
): User<Claims> {
  const { raw, sid } = tokens;
  const said: Identity = { ...readIdentity(raw, tokens.members, userId), sid };
  const goesOn =
    before !== undefined && compareIdentities(before, said) !== 'other' && compareSessions(before, said) !== 'other';
  const members = goesOn ? { ...before.members, ...tokens.members } : tokens.members;
  // A refresh may leave out the member that names the user.
  const found = said.id === undefined ? { ...readIdentity(raw, members, userId), sid } : said;
  try {
    // A copy, since the members are kept: for the next response, and for other tabs.
    const claims = '~standard' in parseClaims ? validated(parseClaims, raw) : parseClaims(raw, { ...members });
    if (isPromise(claims)) throw new TokenResponseError('`parseClaims` has to be synchronous.');
    return { ...(goesOn ? learn(before, found) : found), claims, members };
  } catch (error) {
    throw error instanceof TokenResponseError ? error : new TokenResponseError('`parseClaims` threw.', error);
  }
}

/** A function that throws, over a member that a refresh leaves out for example, has not said who it is. */
function readIdentity(raw: Members, members: Members, userId: UserId): Identity {
  try {
    const id = nameOf(userId(raw, members));
    return userId === defaultUserId ? withOrganisation(id, raw) : { id };
  } catch {
    return {};
  }
}

/**
 * The user as the token names them, else as the response does. The organisation that the token names is part
 * of the identity.
 */
export const defaultUserId: UserId = ({ sub }, { user }) => {
  const known = isObject(user) ? [user.id, user.sub] : [];
  return [sub, ...known].map(nameOf).find((name) => name !== undefined);
};

function withOrganisation(id: string | undefined, { org_id, tid, tenant_id }: Members): Identity {
  const named = [org_id, tid, tenant_id].find((org) => org !== undefined && org !== null && org !== '');
  const org = nameOf(named);
  // If the organisation has no usable name, the user is unknown.
  return named === undefined || org !== undefined ? { id, org } : {};
}

function isPromise(value: unknown): boolean {
  return isObject(value) && typeof value.then === 'function';
}

function validated<Claims>(schema: ClaimsSchema<Claims>, raw: Members): Claims {
  const result = schema['~standard'].validate(raw);
  if (!isObject(result) || isPromise(result)) throw new TokenResponseError('`parseClaims` has to be synchronous.');
  if (result.issues) throw new TokenResponseError('`parseClaims` found issues.', result.issues);
  return result.value as Claims;
}

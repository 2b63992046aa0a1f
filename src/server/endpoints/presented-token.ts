import type { Cookies, CookieValues } from '../http/cookies.ts';
import type { RefreshToken, RefreshTokens } from '../tokens/refresh-token.ts';

/** The authentic refresh tokens among a request's cookies, in the order received. */
export interface PresentedTokens {
  readonly tokens: readonly RefreshToken[];
  /** What the tokens are bound to; '' where the profile has no binder. */
  readonly binder: string;
  /** Whether the request bears the cookie at all. */
  readonly isPresent: boolean;
  /** Why the cookies cannot be judged: more may have come than were tried, or the browser may not have them so. */
  readonly doubt?: CookieDoubt | undefined;
}

/**
 * `ambiguous-cookies`: too many values to try, several binders, or more than one authentic token.
 * `folded-cookies`: the only authentic token stands after a comma, see {@link Cookies.readFolded}.
 */
export type CookieDoubt = 'ambiguous-cookies' | 'folded-cookies';

/**
 * The one token a request's cookies amount to.
 *
 * `doubtful`: more than one authentic token under the name, or no telling. Picking one would be a
 * guess, and revoking any would be a gift to whoever planted the other.
 */
export type PresentedToken =
  | { readonly kind: 'none' }
  | { readonly kind: 'unauthentic' }
  | { readonly kind: 'doubtful'; readonly doubt: CookieDoubt }
  | ({ readonly kind: 'authentic' } & AuthenticToken);

/** An authentic token with what it is bound to. */
export interface AuthenticToken extends RefreshToken {
  readonly binder: string;
}

// Each value costs two HMACs; a header full of them must not cost thousands.
const MAX_VALUES = 8;
// More than Chromium and Firefox keep for a site (180), so that no sibling host can hide a session behind junk. Only sign-in
// tries as many, after the credentials were proved.
const MAX_VALUES_AT_SIGN_IN = 256;

/** Reads the refresh cookie in all its values; those that are not authentic beside the binder do not count. */
export async function presentedTokens(
  request: Request,
  cookies: Cookies,
  refreshTokens: RefreshTokens,
): Promise<PresentedTokens> {
  const found = await authenticIn(cookies.read(request), cookies, refreshTokens);
  if (found.tokens.length > 0 || found.doubt !== undefined) return found;
  const folded = cookies.readFolded(request);
  if (folded === undefined) return found;
  const { tokens } = await authenticIn(folded, cookies, refreshTokens);
  return tokens.length === 0 ? found : { ...found, isPresent: true, doubt: 'folded-cookies' };
}

/** The sessions that a request's cookies prove, beside any of its binders; `undefined` where there are too many to try. */
export async function provedSessions(
  request: Request,
  cookies: Cookies,
  refreshTokens: RefreshTokens,
): Promise<ReadonlySet<string> | undefined> {
  const { tokens, binders } = cookies.read(request);
  const pairs = tokens.flatMap((token) => (cookies.hasBinder ? binders : ['']).map((binder) => ({ token, binder })));
  if (pairs.length > MAX_VALUES_AT_SIGN_IN) return undefined;
  const read = await Promise.all(pairs.map(({ token, binder }) => refreshTokens.read(token, binder)));
  return new Set(read.filter((token) => token !== undefined).map(({ sid }) => sid));
}

async function authenticIn(
  { tokens: values, binders: [binder = '', ...otherBinders] }: CookieValues,
  { hasBinder }: Cookies,
  refreshTokens: RefreshTokens,
): Promise<PresentedTokens> {
  const isPresent = values.length > 0;
  if (otherBinders.length > 0) {
    return { tokens: [], binder: '', isPresent, doubt: isPresent ? 'ambiguous-cookies' : undefined };
  }
  if (hasBinder && binder === '') return { tokens: [], binder, isPresent };
  const read = await Promise.all(values.slice(0, MAX_VALUES).map((value) => refreshTokens.read(value, binder)));
  const tokens = read.filter((token) => token !== undefined);
  return { tokens, binder, isPresent, doubt: values.length > MAX_VALUES ? 'ambiguous-cookies' : undefined };
}

/** Which of them is meant where only one can be; of several values the only authentic one counts. */
export function oneToken({ tokens, binder, isPresent, doubt }: PresentedTokens): PresentedToken {
  if (!isPresent) return { kind: 'none' };
  const [token, ...others] = tokens;
  if (token === undefined) return doubt === undefined ? { kind: 'unauthentic' } : { kind: 'doubtful', doubt };
  if (others.length > 0) return { kind: 'doubtful', doubt: 'ambiguous-cookies' };
  return { kind: 'authentic', binder, ...token };
}

/**
 * The session a sign-out is meant for: the one named, if a token proves it, else the only one that is proved.
 *
 * `undefined`: none that the request has a right to end. `doubtful`: there may be one, but which
 * cannot be said, so that the sign-out is neither done nor to be called done.
 */
export function sessionMeant(
  { tokens, doubt }: PresentedTokens,
  sid: string | undefined,
):
  | { readonly kind: 'doubtful'; readonly doubt: CookieDoubt }
  | { readonly kind: 'session'; readonly sid: string }
  | undefined {
  const proved = [...new Set(tokens.map((token) => token.sid))];
  if (sid !== undefined && proved.includes(sid)) return { kind: 'session', sid };
  if (doubt !== undefined) return { kind: 'doubtful', doubt };
  if (sid !== undefined) return undefined;
  const [only, ...others] = proved;
  if (only === undefined) return undefined;
  return others.length > 0 ? { kind: 'doubtful', doubt: 'ambiguous-cookies' } : { kind: 'session', sid: only };
}

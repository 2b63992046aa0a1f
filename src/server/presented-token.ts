import type { Cookies } from './cookies.ts';
import type { RefreshToken, RefreshTokens } from './refresh-token.ts';

/** The authentic refresh tokens among a request's cookies, in the order received. */
export interface PresentedTokens {
  readonly tokens: readonly RefreshToken[];
  /** What the tokens are bound to; '' where the profile has no binder. */
  readonly binder: string;
  /** Whether the request bears the cookie at all. */
  readonly isPresent: boolean;
  /** Whether there may be further authentic ones: too many values to try, or several binders. */
  readonly mayHaveMore: boolean;
}

/**
 * The one token a request's cookies amount to.
 *
 * `ambiguous`: more than one authentic token under the name, or no telling. Picking one would be a
 * guess, and revoking any would be a gift to whoever planted the other.
 */
export type PresentedToken =
  | { readonly kind: 'none' }
  | { readonly kind: 'unauthentic' }
  | { readonly kind: 'ambiguous' }
  | ({ readonly kind: 'authentic'; readonly binder: string } & RefreshToken);

// Each value costs three HMACs; a header full of them must not cost thousands.
const MAX_VALUES = 8;

/** Reads the refresh cookie in all its values; those that are not authentic beside the binder do not count. */
export async function presentedTokens(
  request: Request,
  cookies: Cookies,
  refreshTokens: RefreshTokens,
): Promise<PresentedTokens> {
  const values = cookies.presented(request);
  const [binder = '', ...otherBinders] = cookies.binders(request);
  const isPresent = values.length > 0;
  if (otherBinders.length > 0) return { tokens: [], binder: '', isPresent, mayHaveMore: isPresent };
  if (cookies.hasBinder && binder === '') return { tokens: [], binder, isPresent, mayHaveMore: false };
  const read = await Promise.all(values.slice(0, MAX_VALUES).map((value) => refreshTokens.read(value, binder)));
  const tokens = read.filter((token) => token !== undefined);
  return { tokens, binder, isPresent, mayHaveMore: values.length > MAX_VALUES };
}

/** Which of them is meant where only one can be; of several values the only authentic one counts. */
export function oneToken({ tokens, binder, isPresent, mayHaveMore }: PresentedTokens): PresentedToken {
  if (!isPresent) return { kind: 'none' };
  const [token, ...others] = tokens;
  if (token === undefined) return { kind: mayHaveMore ? 'ambiguous' : 'unauthentic' };
  return others.length > 0 ? { kind: 'ambiguous' } : { kind: 'authentic', binder, ...token };
}

/**
 * The session a sign-out is meant for: the one named, if a token proves it, else the only one that is proved.
 *
 * `undefined`: none that the request has a right to end. `ambiguous`: there may be one, but which
 * cannot be said, so that the sign-out is neither done nor to be called done.
 */
export function sessionMeant(
  { tokens, mayHaveMore }: PresentedTokens,
  sid: string | undefined,
): { readonly kind: 'ambiguous' } | { readonly kind: 'session'; readonly sid: string } | undefined {
  const proved = [...new Set(tokens.map((token) => token.sid))];
  if (sid !== undefined && proved.includes(sid)) return { kind: 'session', sid };
  if (mayHaveMore) return { kind: 'ambiguous' };
  if (sid !== undefined) return undefined;
  const [only, ...others] = proved;
  if (only === undefined) return undefined;
  return others.length > 0 ? { kind: 'ambiguous' } : { kind: 'session', sid: only };
}

import type { Cookies } from './cookies.ts';
import type { RefreshToken, RefreshTokens } from './refresh-token.ts';

/**
 * What a request's cookies amount to.
 *
 * `ambiguous`: more than one authentic token under the name. Picking one would be a guess, and
 * revoking any would be a gift to whoever planted the other.
 */
export type PresentedToken =
  | { readonly kind: 'none' }
  | { readonly kind: 'unauthentic' }
  | { readonly kind: 'ambiguous' }
  | ({ readonly kind: 'authentic'; readonly binder: string } & RefreshToken);

/** Reads the refresh cookie; of several, the only one that is authentic beside the binder counts. */
export async function presentedToken(
  request: Request,
  cookies: Cookies,
  tokens: RefreshTokens,
): Promise<PresentedToken> {
  const values = cookies.presented(request);
  if (values.length === 0) return { kind: 'none' };
  const binder = cookies.binder(request);
  if (cookies.hasBinder && binder === '') return { kind: 'unauthentic' };
  const read = await Promise.all(values.slice(0, MAX_VALUES).map((value) => tokens.read(value, binder)));
  const [token, ...others] = read.filter((candidate) => candidate !== undefined);
  if (token === undefined) return { kind: values.length > MAX_VALUES ? 'ambiguous' : 'unauthentic' };
  return others.length > 0 ? { kind: 'ambiguous' } : { kind: 'authentic', binder, ...token };
}

// Each value costs three HMACs; a header full of them must not cost thousands.
const MAX_VALUES = 8;

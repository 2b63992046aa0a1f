import type { KnownUser } from './users.ts';

export const ISSUER = 'https://auth.test';
export const AUDIENCE = 'https://api.test';

/** The token response of a sign-in: what `completeSignIn()` takes. */
export interface SignedIn {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** Lifetime in seconds. */
  readonly expires_in: number;
  readonly user?: Readonly<Record<string, unknown>>;
}

/**
 * Access tokens that are there at once. Signing takes a moment, and a test wants somebody to be signed in from its first line;
 * so a client is given a token without a signature, and the authority's own takes its place when it is used.
 */
export function unsignedTokens(lifetimeMs: number) {
  const signed = new Map<string, string>();
  let count = 0;
  // No other authority takes these tokens, nor does this one after a reset.
  const mark = `test-${Math.random().toString(36).slice(2)}`;

  return {
    issue: ({ id, claims, profile }: KnownUser, now: number): SignedIn => {
      const iat = Math.floor(now / 1000);
      const times = { iat, exp: iat + lifetimeMs / 1000, jti: String(++count) };
      const payload = { iss: ISSUER, aud: AUDIENCE, sub: id, ...claims, ...times };
      return {
        access_token: `${encode({ alg: 'none' })}.${encode(payload)}.${mark}`,
        token_type: 'Bearer',
        expires_in: lifetimeMs / 1000,
        ...(profile && { user: profile }),
      };
    },
    /** `token` is used in the place of an unsigned one from now on. */
    sign: (unsigned: string, token: string): void => void signed.set(unsigned, token),
    /** The header of a request, with the token that has a signature. */
    signed: (authorization: string): string => {
      const [, unsigned = ''] = /^Bearer (.+)$/.exec(authorization) ?? [];
      const token = signed.get(unsigned);
      return token === undefined ? authorization : `Bearer ${token}`;
    },
  };
}

function encode(value: object): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

import { randomUUID } from 'node:crypto';
import { generateKeyPair, SignJWT } from 'jose';

/** How the server answers a refresh token that was used before. */
export type Reuse =
  /** As theft: the whole family is revoked. */
  | 'strict'
  /** The same, unless the request repeats the `Idempotency-Key` of the first: that gets the same successor. */
  | 'strict-with-keys'
  /** For ten seconds with the same successor, as Supabase's server does by default and Auth0's does if told so. */
  | 'leeway';

export interface Grant {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresIn: number;
  readonly family: Family;
}

/** One sign-in, and all tokens that came of it. */
interface Family {
  readonly id: string;
  revoked: boolean;
}

/** The tokens of a server that rotates refresh tokens and detects their reuse. */
export interface Families {
  /** How long access tokens live that are issued from now on. */
  lifetimeMs: number;
  readonly all: readonly Family[];
  /** All refresh and access tokens issued so far. */
  readonly issued: { readonly refresh: readonly string[]; readonly access: readonly string[] };
  /** When the newest access token was issued: epoch ms. */
  readonly lastIssuedAt: number;
  begin(): Promise<Grant>;
  /** `undefined`: the token is unknown, revoked, or was used before. */
  refresh(refreshToken: string, key: string | null): Promise<Grant | undefined>;
  revoke(refreshToken: string): void;
  /** Whether the refresh token could be used now. */
  isLive(refreshToken: string): boolean;
  /** Whether the API takes the access token: a JWT that has not expired, whatever has become of its family. */
  accepts(accessToken: string): boolean;
  /** Refuses all access tokens issued so far, before their time. */
  refuseAccessTokensSoFar(): void;
  /** Signs a JWT, such as an ID token. */
  sign(claims: Record<string, unknown>, lifetimeMs: number): Promise<string>;
  readonly publicKey: CryptoKey;
}

interface Used {
  readonly at: number;
  readonly key: string | null;
  readonly successor: Promise<Grant>;
}

const LEEWAY_MS = 10_000;
const { privateKey, publicKey } = await generateKeyPair('RS256');

export function createFamilies(reuse: Reuse, issuer: () => string): Families {
  const families: Family[] = [];
  const refreshTokens = new Map<string, { readonly family: Family; used?: Used }>();
  const accessTokens = new Map<string, number>();
  const accessTokensInOrder: string[] = [];
  let lastIssuedAt = 0;

  const sign = (claims: Record<string, unknown>, lifetimeMs: number) =>
    new SignJWT({ ...claims, jti: randomUUID() })
      .setProtectedHeader({ alg: 'RS256', kid: 'key', typ: 'JWT' })
      .setIssuer(issuer())
      .setIssuedAt()
      .setExpirationTime(Math.floor((Date.now() + lifetimeMs) / 1000))
      .sign(privateKey);

  const grantOf = async (family: Family): Promise<Grant> => {
    const claims = {
      sub: 'user-1',
      aud: 'api',
      session_id: family.id,
      role: 'authenticated',
      email: 'ann@example.com',
    };
    const accessToken = await sign(claims, all.lifetimeMs);
    const refreshToken = randomUUID();
    lastIssuedAt = Date.now();
    accessTokens.set(accessToken, lastIssuedAt + all.lifetimeMs);
    accessTokensInOrder.push(accessToken);
    refreshTokens.set(refreshToken, { family });
    return { accessToken, refreshToken, expiresIn: Math.floor(all.lifetimeMs / 1000), family };
  };

  const isRepeat = (used: Used, key: string | null) =>
    reuse === 'leeway'
      ? Date.now() - used.at <= LEEWAY_MS
      : reuse === 'strict-with-keys' && key !== null && key === used.key;

  const all: Families = {
    lifetimeMs: 3_600_000,
    publicKey,
    sign,
    get all() {
      return families;
    },
    get issued() {
      return { refresh: [...refreshTokens.keys()], access: accessTokensInOrder };
    },
    get lastIssuedAt() {
      return lastIssuedAt;
    },
    begin: () => {
      const family = { id: randomUUID(), revoked: false };
      families.push(family);
      return grantOf(family);
    },
    refresh: async (refreshToken, key) => {
      const found = refreshTokens.get(refreshToken);
      if (found === undefined || found.family.revoked) return undefined;
      if (found.used === undefined) {
        found.used = { at: Date.now(), key, successor: grantOf(found.family) };
        return found.used.successor;
      }
      if (isRepeat(found.used, key)) return found.used.successor;
      found.family.revoked = true;
      return undefined;
    },
    revoke: (refreshToken) => {
      const found = refreshTokens.get(refreshToken);
      if (found !== undefined) found.family.revoked = true;
    },
    isLive: (refreshToken) => {
      const found = refreshTokens.get(refreshToken);
      return found !== undefined && found.used === undefined && !found.family.revoked;
    },
    accepts: (accessToken) => (accessTokens.get(accessToken) ?? 0) > Date.now(),
    refuseAccessTokensSoFar: () => accessTokens.clear(),
  };
  return all;
}

import { InvalidTokenError, kindOf, MisuseError } from '../errors.ts';
import type { AuthorityEvent } from '../events.ts';
import type { Settings } from '../settings.ts';
import type { AccessTokenClaims } from './access-token-claims.ts';
import type { AccessTokens } from './access-tokens.ts';
import { addTo, neededUntil, tokenEntry } from './revocation-entries.ts';
import type { RevocationList } from './revocation-list.ts';

/** An access token, or what the guard gave for it. */
export type TokenOrClaims = string | Pick<AccessTokenClaims, 'jti' | 'exp'> | AccessTokenClaims;

/** What revoking single tokens needs. */
export interface RevokeTokenParts {
  readonly settings: Settings;
  readonly accessTokens: AccessTokens;
  readonly list: RevocationList | undefined;
  emit(event: AuthorityEvent): void;
}

interface Revoked {
  readonly jti: string;
  readonly expiresAt: number;
  readonly sid?: string | undefined;
  readonly userId?: string | undefined;
}

/** Makes the revocation of single access tokens; see `Authority` for what it promises. */
export function createRevokeToken(parts: RevokeTokenParts): (given: TokenOrClaims) => Promise<void> {
  const { settings, accessTokens, list, emit } = parts;

  async function revokedOf(given: TokenOrClaims): Promise<Revoked | undefined> {
    if (typeof given !== 'string') return soundClaims(given);
    const grant = await accessTokens.read(given, settings.now());
    if (!('refused' in grant)) return { ...grant, userId: grant.sub };
    if (grant.refused === 'expired') return undefined;
    throw new InvalidTokenError();
  }

  return async (given) => {
    if (list === undefined) {
      throw new MisuseError(
        'revokeToken() needs the `revocationList` option, which all processes share as they do `store`.',
      );
    }
    const revoked = await revokedOf(given);
    if (revoked === undefined) return;
    const { jti, expiresAt, sid, userId } = revoked;
    await addTo(list, [tokenEntry(settings.issuer, jti)], neededUntil(expiresAt));
    emit({
      type: 'token-revoked',
      at: settings.now(),
      ...(sid === undefined ? {} : { sid }),
      ...(userId === undefined ? {} : { userId }),
    });
  };
}

function soundClaims(claims: unknown): Revoked {
  const { jti, exp, sid, sub } = Object(claims) as Partial<AccessTokenClaims>;
  if (typeof jti !== 'string' || jti === '' || !Number.isFinite(exp)) {
    throw new MisuseError(
      `revokeToken() takes an access token, or its claims with \`jti\` and \`exp\`; found ${kindOf(claims)}.`,
    );
  }
  return { jti, expiresAt: Number(exp) * 1000, sid, userId: sub };
}

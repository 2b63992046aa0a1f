import { base64url } from 'jose';
import type { SessionRecord } from '../rotation/session-record.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { Expected } from './jwt-check.ts';
import type { MacKeys } from './mac-keys.ts';
import { generationOf, newJti, validity, withoutReserved } from './minted-claims.ts';

/** What opaque tokens are made and read with. */
export interface OpaqueTokenParts {
  readonly expected: Expected;
  readonly macKeys: MacKeys;
  /** The further claims of the session's user as of now; `undefined` if there is no such user any more. */
  readonly currentClaims: (session: SessionRecord) => Promise<object | undefined>;
}

// sid . generation . nonce . iat . exp . tag, each in one spelling only.
const FORMAT =
  /^([A-Za-z0-9_-]{22})\.([1-9]\d{0,14}\.[A-Za-z0-9_-]{22})\.([1-9]\d{0,10})\.([1-9]\d{0,10})\.([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])$/;

/**
 * Access tokens that say nothing to whoever holds them: a session, a generation and an end, under a tag of the
 * authority's. What they stand for is in the session's record, which the guard reads anyway, so no table of tokens is needed.
 *
 * They are no JWTs and no refresh tokens, and neither of those passes for one.
 */
export function createOpaqueAccessTokens({ expected, macKeys, currentClaims }: OpaqueTokenParts): AccessTokens {
  const { issuer, audience, clockToleranceMs } = expected;
  // The authority and its API are in the tag, so that a token is good for no other, even with the same secret.
  const message = (sid: string, jti: string, iat: number | string, exp: number | string): string =>
    JSON.stringify(['access', issuer, audience, sid, jti, Number(iat), Number(exp)]);

  return {
    haveClaims: false,

    async mint({ sid, generation }, lifetimeMs, now) {
      const jti = newJti(generation);
      const { iat, exp } = validity(lifetimeMs, now);
      const [key] = macKeys;
      const tag = base64url.encode(await key.sign(message(sid, jti, iat, exp)));
      return [sid, jti, iat, exp, tag].join('.');
    },

    async read(token, now) {
      const [, sid = '', jti = '', iatText = '', expText = '', tag = ''] =
        (typeof token === 'string' ? FORMAT.exec(token) : null) ?? [];
      const generation = generationOf(jti);
      if (generation === undefined) return { refused: 'invalid' };
      const signature = new Uint8Array(base64url.decode(tag));
      const verdicts = await Promise.all(
        macKeys.map((key) => key.verify(signature, message(sid, jti, iatText, expText))),
      );
      if (!verdicts.includes(true)) return { refused: 'invalid' };
      const [iat, exp] = [Number(iatText), Number(expText)];
      if (!(now < exp * 1000 + clockToleranceMs)) return { refused: 'expired', sid };
      if (iat * 1000 > now + clockToleranceMs) return { refused: 'invalid' };
      return {
        sid,
        jti,
        generation,
        sub: undefined,
        expiresAt: exp * 1000,
        async claims(session) {
          const extra = await currentClaims(session);
          return (
            extra && { ...withoutReserved(extra), iss: issuer, aud: audience, sub: session.userId, iat, exp, jti, sid }
          );
        },
      };
    },
  };
}

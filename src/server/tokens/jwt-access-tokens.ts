import { MisuseError } from '../errors.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { AccessTokens } from './access-tokens.ts';
import { MAX_TOKEN_LENGTH } from './compact-jwt.ts';
import { ACCESS_TOKEN_TYPE, createJwtCheck, type Expected } from './jwt-check.ts';
import { generationOf, newJti, validity, withoutReserved } from './minted-claims.ts';

/** Access tokens as signed JWTs, which others can check as well. */
export function createJwtAccessTokens(keyring: Keyring, expected: Expected): AccessTokens {
  const { issuer, audience } = expected;
  const check = createJwtCheck(({ kid }) => keyring.find(kid), expected);
  return {
    haveClaims: true,

    async mint({ sub, sid, generation, extra }, lifetimeMs, now) {
      const signer = await keyring.signer();
      const registered = {
        iss: issuer,
        aud: audience,
        sub,
        ...validity(lifetimeMs, now),
        jti: newJti(generation),
        sid,
      };
      const token = await signer.sign(ACCESS_TOKEN_TYPE, { ...withoutReserved(extra), ...registered });
      if (token.length > MAX_TOKEN_LENGTH) {
        throw new MisuseError(
          'The access token would be longer than 8 KiB: give fewer or shorter `claims`, or a shorter `userId`.',
        );
      }
      return token;
    },

    async read(token, now) {
      const reading = await check(token, now);
      if ('refused' in reading) return reading;
      const { claims } = reading;
      const { sub, sid, jti, exp } = claims;
      const generation = generationOf(jti);
      if (generation === undefined) return { refused: 'invalid' };
      return { sub, sid, jti, generation, expiresAt: exp * 1000, claims: () => claims };
    },
  };
}

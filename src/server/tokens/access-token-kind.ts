import { infoOf } from '../endpoints/session-info.ts';
import type { Keyring } from '../keys/keyring.ts';
import { assertOneOf } from '../option-values.ts';
import type { AuthorityOptions } from '../options.ts';
import type { Settings } from '../settings.ts';
import { currentUser } from '../user-id.ts';
import type { AccessTokens } from './access-tokens.ts';
import { createJwtAccessTokens } from './jwt-access-tokens.ts';
import type { MacKeys } from './mac-keys.ts';
import { createOpaqueAccessTokens } from './opaque-access-tokens.ts';

/** Whether the `accessTokens` option asks for opaque ones. Throws a `TypeError` for what goes with neither kind. */
export function areOpaque<User>({ accessTokens = 'jwt', ...options }: AuthorityOptions<User>): boolean {
  assertOneOf('accessTokens', accessTokens, ['jwt', 'opaque']);
  if (accessTokens === 'jwt') return false;
  if (options.paths?.jwks !== undefined || options.statelessAccess === true) {
    const found = options.paths?.jwks === undefined ? 'statelessAccess' : 'paths.jwks';
    throw new TypeError(
      `\`accessTokens\`: nobody but the authority can check opaque tokens; found \`${found}\` as well. Leave it out, or use \`jwt\`.`,
    );
  }
  if (options.claims && !options.loadUser) {
    throw new TypeError(
      '`accessTokens`: opaque tokens with `claims` need `loadUser`, since the guard asks for both; found `claims` alone. Add `loadUser`, or leave `claims` out.',
    );
  }
  return true;
}

/** The access tokens of an authority: signed by its keys, or opaque if it has none. */
export function createAccessTokens<User>(
  options: AuthorityOptions<User>,
  settings: Settings,
  keyring: Keyring | undefined,
  macKeys: MacKeys,
): AccessTokens {
  if (keyring) return createJwtAccessTokens(keyring, settings);
  return createOpaqueAccessTokens({
    expected: settings,
    macKeys,
    async currentClaims(session) {
      if (!options.claims) return {};
      const user = await currentUser(options, session.userId);
      return user === undefined ? undefined : ((await options.claims(user, infoOf(session))) ?? {});
    },
  });
}

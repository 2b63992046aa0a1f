import { json, withCookies } from '../http/answers.ts';
import type { Cookies } from '../http/cookies.ts';
import type { AuthorityOptions } from '../options.ts';
import type { SessionRecord } from '../rotation/session-record.ts';
import { staggeredLifetimeMs } from '../rotation/staggered-lifetime.ts';
import type { Settings } from '../settings.ts';
import type { AccessTokens } from '../tokens/access-tokens.ts';
import type { SessionSigner } from '../tokens/refresh-token.ts';
import { infoOf } from './session-info.ts';

/** What an answer with tokens is made of. */
interface Grant<User> {
  readonly session: SessionRecord;
  readonly signer: SessionSigner;
  readonly binder: string;
  /** Where it is known. */
  readonly user: User | undefined;
  /** Whether another refresh was given tokens of the same generation, so that these have to expire earlier. */
  readonly isStaggered: boolean;
}

/** Prepares the answer that carries a session's current tokens. */
export type Issue<User> = (grant: Grant<User>) => Promise<Response>;

/**
 * Makes the issuer of token responses.
 *
 * It does all that can fail (signing, claims, profile) and changes nothing, so it can run before the commit.
 *
 * An access token lives no longer than what is left of the grant, but a second at least.
 *
 * @see RFC 6749 section 5.1
 */
export function createIssuer<User>(
  options: Pick<AuthorityOptions<User>, 'claims' | 'profile'>,
  settings: Settings,
  accessTokens: AccessTokens,
  cookies: Cookies,
): Issue<User> {
  return async ({ session, signer, binder, user, isStaggered }) => {
    const now = settings.now();
    const remainingMs = session.expiresAt - now;
    const usualMs = settings.accessTokenLifetimeMs();
    const wantedMs = isStaggered ? staggeredLifetimeMs(usualMs, Math.random()) : usualMs;
    const lifetimeMs = Math.min(wantedMs, Math.max(1, Math.floor(remainingMs / 1000)) * 1000);
    const { sid, generation, userId } = session;
    const info = infoOf(session);
    const extra = user === undefined || !accessTokens.haveClaims ? {} : ((await options.claims?.(user, info)) ?? {});
    const profile = user === undefined ? undefined : await options.profile?.(user, info);
    const [accessToken, refreshToken] = await Promise.all([
      accessTokens.mint({ sub: userId, sid, generation, extra }, lifetimeMs, now),
      signer.write(generation, binder),
    ]);
    const answer = json(200, {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: lifetimeMs / 1000,
      sid,
      seq: generation,
      ...(profile === undefined ? {} : { user: profile }),
    });
    return withCookies(answer, cookies.keep(refreshToken, binder, session.remembered ? remainingMs : undefined));
  };
}

import { readTokenResponse, type TokenResponse } from '../auth-server/tokens/token-response.ts';
import { tokenSetOf } from '../auth-server/tokens/token-set.ts';
import type { Platform } from '../platform/platform.ts';
import type { State, TokenSet } from '../session/state.ts';
import { isUsable, remainingMs } from '../session/time.ts';
import type { Offer } from '../tabs/messages.ts';
import type { Settings } from './settings.ts';

/** This page's token in the form in which other tabs are given it, if it has one that is worth giving. */
export function offerOf<Claims>(
  { session, token, user }: State<Claims>,
  sessionKey: string | undefined,
  platform: Pick<Platform, 'clock'>,
  { policy }: Pick<Settings<Claims>, 'policy'>,
): Offer | undefined {
  if (session.status !== 'authenticated' || token === undefined || user === undefined) return undefined;
  if (sessionKey === undefined || !isUsable(token, platform.clock.now(), 0, policy)) return undefined;
  const { value, lifetimeMs, seq, obtainedAt } = token;
  return {
    sessionKey,
    obtainedAt: obtainedAt.wallAt,
    response: {
      ...user.members,
      access_token: value,
      // From this token, as the members may be those of an earlier response.
      expires_in: lifetimeMs && lifetimeMs / 1000,
      sid: user.sid,
      seq,
    },
  };
}

/**
 * Reads another tab's offer as the token response that it is. It is trusted no more than the server's own
 * responses.
 */
export function createOfferReader<Claims>({ clock, report }: Platform, settings: Settings<Claims>) {
  let isFaultReported = false;
  return ({ obtainedAt, response }: Offer): TokenSet<Claims> | undefined => {
    const now = clock.now();
    const ageMs = now.wallAt - obtainedAt;
    const tokens = tokensIn(response);
    if (tokens === undefined) return undefined;
    try {
      const askedAt = { wallAt: obtainedAt, monotonicAt: now.monotonicAt - ageMs };
      const tokenSet = tokenSetOf<Claims>(tokens, askedAt, undefined, settings);
      return ageMs < 0 || remainingMs(tokenSet, now) <= 0 ? undefined : tokenSet;
    } catch (error) {
      // Without a report, nobody would learn why every tab refreshes for itself. One is enough.
      if (!isFaultReported) report(error);
      isFaultReported = true;
      return undefined;
    }
  };
}

/** The tokens of a response. Any script of the origin can post anything: what has none is not worth a report. */
function tokensIn(response: Offer['response']): TokenResponse | undefined {
  try {
    return readTokenResponse(response);
  } catch {
    return undefined;
  }
}

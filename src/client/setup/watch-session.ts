import type { Clock } from '../../platform/platform.ts';
import type { AuthEvent } from '../../session/events.ts';
import type { RefreshProblem } from '../../session/session.ts';
import type { SessionRecord } from '../../tabs/record/shared-session.ts';
import type { AuthClient } from '../auth-client.ts';
import type { Warnings } from './warnings.ts';

interface SessionWatchParts<Claims> {
  readonly client: Pick<AuthClient<Claims>, 'getSession' | 'onEvent'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly record: Pick<SessionRecord, 'session' | 'renewed'>;
  readonly warnings: Warnings;
  refreshFailed(problem: RefreshProblem): void;
}

const HOUR_MS = 3_600_000;
/** A clock that is off by more than this is set wrong: no request takes as long. */
const MOST_SKEW_MS = 120_000;
/** A session whose first token expired longer ago than this may well have expired itself. */
const RECENT_MS = 600_000;

/** Looks at what becomes of sessions. Returns what to call when the client is started. */
export function createSessionWatch<Claims>(parts: SessionWatchParts<Claims>): () => void {
  const { client, clock, record, warnings, refreshFailed } = parts;
  /** Somebody has signed in, and no refresh has succeeded since. */
  let isCookieUnproved = false;
  let isClockChecked = false;

  const cookieIsLost = ({ reason, status }: Extract<AuthEvent, { type: 'session-ended' }>) => {
    if (!isCookieUnproved || reason !== 'expired' || (status !== 401 && status !== 204)) return;
    warnings.warn(
      'signed-out-after-a-reload',
      `The first refresh after the sign-in was answered with ${status}, so the refresh cookie has probably never arrived. The ` +
        'usual causes: `Secure` on plain http, a `Path` that does not cover the refresh endpoint, a page of another site ' +
        '(`SameSite`), or a sign-in response from another origin without `Access-Control-Allow-Credentials: true`. Look at ' +
        'the cookies of the sign-in response in the network panel.' +
        (status === 401
          ? ' If the request for the refresh has its cookie, the server does not know the session: does it have several ' +
            'processes, each with a memory store or a secret of its own, or was it restarted?'
          : ''),
    );
  };

  const checkLifetime = (lifetimeMs: number | undefined) => {
    if (lifetimeMs === undefined || lifetimeMs <= HOUR_MS) return;
    warnings.warn(
      'an-access-token-that-lives-for-long',
      `The access token lives for ${Math.round(lifetimeMs / 60_000)} minutes. Whoever gets hold of it can use it for as long, ` +
        'also after sign-out at APIs that check it by themselves. Five to fifteen minutes are usual.',
    );
  };

  const checkClock = () => {
    const issuedAt = Number(Object(client.getSession().claims).iat) * 1000;
    if (isClockChecked || Number.isNaN(issuedAt)) return;
    isClockChecked = true;
    const skewMs = clock.now().wallAt - issuedAt;
    if (Math.abs(skewMs) <= MOST_SKEW_MS) return;
    warnings.warn(
      'clocks-that-differ',
      `The server's clock and this device's differ by ${Math.round(Math.abs(skewMs) / 60_000)} minutes, by the access token's ` +
        '`iat`. The client does not depend on that, but APIs that check `exp` and `nbf` do: set the clocks by NTP.',
    );
  };

  client.onEvent((event) => {
    switch (event.type) {
      case 'signed-in':
        isCookieUnproved = true;
        isClockChecked = false;
        checkLifetime(event.lifetimeMs);
        return checkClock();
      case 'refreshed':
        isCookieUnproved = false;
        checkLifetime(event.lifetimeMs);
        return checkClock();
      case 'received-from-tab':
        isCookieUnproved = false;
        return;
      case 'session-ended':
        cookieIsLost(event);
        isCookieUnproved = false;
        return;
      case 'refresh-failed':
        return refreshFailed(event.problem);
    }
  });

  return () => {
    const { sessionKey, expiresAt } = record.session.read() ?? {};
    const isRenewed = record.renewed.read()?.sessionKey === sessionKey;
    isCookieUnproved = expiresAt !== undefined && !isRenewed && clock.now().wallAt - expiresAt < RECENT_MS;
  };
}

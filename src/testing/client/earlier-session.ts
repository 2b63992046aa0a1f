import { readFoundTokens } from '../../auth-server/tokens/token-response.ts';
import { tokenSetOf } from '../../auth-server/tokens/token-set.ts';
import type { AuthClientOptions } from '../../client/options.ts';
import { settingsOf } from '../../client/settings.ts';
import type { Clock } from '../../platform/platform.ts';
import type { SessionEvent } from '../../session/events.ts';
import type { Session } from '../../session/session.ts';
import { INITIAL_STATE, type State } from '../../session/state.ts';
import type { Instant } from '../../session/time.ts';
import { transition } from '../../session/transition.ts';
import type { SignedIn } from '../authority/unsigned-tokens.ts';

/** The state of a session that has this status now: what the lifecycle itself makes of a start and the answers it gets. */
export function earlierSession<Claims>(
  status: Session<Claims>['status'],
  options: AuthClientOptions<Claims>,
  clock: Clock,
  tokens: SignedIn | undefined,
): State<Claims> {
  if (status === 'loading') return INITIAL_STATE;
  const lifetimeMs = (tokens?.expires_in ?? 300) * 1000;
  const settings = settingsOf(options);
  const ago = (ms: number): Instant => {
    const { wallAt, monotonicAt } = clock.now();
    return { wallAt: wallAt - ms, monotonicAt: monotonicAt - ms };
  };
  const after = (state: State<Claims>, event: SessionEvent<Claims>, at = ago(0)): State<Claims> =>
    transition(state, event, at, settings.policy)[0];
  const rejected = (attempt: number) =>
    ({ type: 'refresh-rejected', identityVersion: 0, attempt, reason: 'revoked', status: 401 }) as const;
  const stopped = { type: 'stopped' } as const;

  const begun = after(
    INITIAL_STATE,
    { type: 'started', isRecorded: false, signedOut: false, visible: true },
    ago(lifetimeMs),
  );
  if (tokens === undefined) return after(after(begun, rejected(1)), stopped);

  const found = { body: tokens, holder: { ...tokens }, accessToken: tokens.access_token };
  const obtainedAt = status === 'authenticated' ? ago(0) : ago(lifetimeMs);
  const tokenSet = tokenSetOf<Claims>(readFoundTokens(found), obtainedAt, undefined, settings);
  const refreshed = { type: 'refreshed', identityVersion: 0, attempt: 1, tokenSet, jitter: 0.5 } as const;
  const signedIn = after(begun, refreshed, obtainedAt);
  if (status === 'authenticated') return after(signedIn, stopped);
  // The token is dead by now, so the lifecycle asks again.
  return after(after(after(signedIn, { type: 'tick' }), rejected(2)), stopped);
}

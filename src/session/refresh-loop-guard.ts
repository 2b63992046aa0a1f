import type { Cooldown, Policy, State } from './state.ts';
import { elapsedMs, type Instant } from './time.ts';

/** What asks for a refresh: the token that was refused, and where. */
export interface Refusal {
  readonly newerThan?: number | undefined;
  readonly endpoint?: string | undefined;
  /** The refusal is a guess. An endpoint may guess once for each token. */
  readonly isGuess?: boolean | undefined;
}

const MAX_ENDPOINTS = 100;

/** A token was refused although a refresh had just brought it. */
export function noteRefusedToken<Claims>(
  state: State<Claims>,
  { tokenNumber, endpoint }: { readonly tokenNumber: number; readonly endpoint: string },
  at: Instant,
): State<Claims> {
  const { loopGuard, token } = state;
  // An earlier token says nothing about this one.
  if (token?.tokenNumber !== tokenNumber) return state;
  const oneMore = (cooldown: Cooldown | undefined): Cooldown =>
    cooldown !== undefined && cooldown.tokenNumber >= tokenNumber
      ? cooldown
      : { count: (cooldown?.count ?? 0) + 1, at, tokenNumber };
  const { anywhere, endpoints } = loopGuard;
  const known = endpoints.find((cooldown) => cooldown.endpoint === endpoint);
  const others = endpoints.filter((cooldown) => cooldown !== known);
  return {
    ...state,
    loopGuard: {
      ...loopGuard,
      anywhere: oneMore(isAccepted(loopGuard) ? undefined : anywhere),
      endpoints: [...others, { ...oneMore(known), endpoint }].slice(-MAX_ENDPOINTS),
    },
  };
}

/** A call was not refused: refreshes help at those endpoints again, and tokens are accepted. */
export function noteAcceptedToken<Claims>(
  state: State<Claims>,
  { tokenNumber, endpoints: good }: { readonly tokenNumber: number; readonly endpoints: readonly string[] },
): State<Claims> {
  const { anywhere, ...guard } = state.loopGuard;
  const acceptedToken = Math.max(guard.acceptedToken, tokenNumber);
  const endpoints = guard.endpoints.filter(
    (cooldown) => tokenNumber < cooldown.tokenNumber || !good.includes(cooldown.endpoint),
  );
  const isOver = endpoints.length === 0 && isAccepted({ acceptedToken, anywhere });
  return { ...state, loopGuard: { acceptedToken, endpoints, ...(!isOver && { anywhere }) } };
}

/** Whether it is news that an API has accepted the token. For most calls it is not. */
export function isAcceptanceNews({ loopGuard }: State<unknown>, tokenNumber: number): boolean {
  return tokenNumber > loopGuard.acceptedToken || loopGuard.anywhere !== undefined;
}

/**
 * Whether some API has accepted the token that was refused: then the fault lies with the endpoints that
 * refuse it.
 */
function isAccepted({ acceptedToken, anywhere }: Pick<State<unknown>['loopGuard'], 'acceptedToken' | 'anywhere'>) {
  return anywhere !== undefined && acceptedToken >= anywhere.tokenNumber;
}

/**
 * For how many ms a refusal may not ask for a refresh yet; 0 if it may. The cooldown of an endpoint doubles
 * with each refresh that did not help there. Other endpoints share it only until some API has accepted the
 * token.
 */
export function cooldownLeftMs(
  { loopGuard }: State<unknown>,
  { newerThan = 0, endpoint = '', isGuess = false }: Refusal,
  now: Instant,
  policy: Policy,
): number {
  const leftMs = (cooldown: Cooldown | undefined) =>
    cooldown === undefined
      ? 0
      : Math.min(policy.cooldownMs * 2 ** (cooldown.count - 1), policy.maxCooldownMs) - elapsedMs(cooldown.at, now);
  const there = loopGuard.endpoints.find((cooldown) => cooldown.endpoint === endpoint);
  if (isGuess && there !== undefined && there.tokenNumber >= newerThan) return Number.POSITIVE_INFINITY;
  return Math.max(leftMs(there), isAccepted(loopGuard) ? 0 : leftMs(loopGuard.anywhere), 0);
}

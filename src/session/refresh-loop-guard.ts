import type { Cooldown, Policy, State } from './state.ts';
import { elapsedMs, type Instant } from './time.ts';

/** What somebody asks a refresh for: the token that was refused, and where. */
export interface Refusal {
  readonly newerThan?: number | undefined;
  readonly endpoint?: string | undefined;
  /** The refusal is a guess, which one token is good for once. */
  readonly isGuess?: boolean | undefined;
}

const maxEndpoints = 100;

/** A token was refused though it had just been refreshed. */
export const noteRefusedToken = <Claims>(
  state: State<Claims>,
  { tokenNumber, endpoint }: { readonly tokenNumber: number; readonly endpoint: string },
  at: Instant,
): State<Claims> => {
  const { loopGuard, token } = state;
  // A token of before says nothing about this one.
  if (token?.tokenNumber !== tokenNumber) return state;
  const oneMore = (run: Cooldown | undefined): Cooldown =>
    run !== undefined && run.tokenNumber >= tokenNumber ? run : { count: (run?.count ?? 0) + 1, at, tokenNumber };
  const known = loopGuard?.endpoints.find((run) => run.endpoint === endpoint);
  const others = (loopGuard?.endpoints ?? []).filter((run) => run !== known);
  return {
    ...state,
    loopGuard: {
      anywhere: oneMore(isProven(state) ? undefined : loopGuard?.anywhere),
      endpoints: [...others, { ...oneMore(known), endpoint }].slice(-maxEndpoints),
    },
  };
};

/** A call was not refused: those endpoints are well again, and tokens are taken. */
export const noteAcceptedToken = <Claims>(
  state: State<Claims>,
  { tokenNumber, endpoints }: { readonly tokenNumber: number; readonly endpoints: readonly string[] },
): State<Claims> => {
  const next = tokenNumber > state.acceptedToken ? { ...state, acceptedToken: tokenNumber } : state;
  const { loopGuard } = next;
  const bad = loopGuard?.endpoints.filter((run) => tokenNumber < run.tokenNumber || !endpoints.includes(run.endpoint));
  if (loopGuard === undefined || bad?.length === loopGuard.endpoints.length) return next;
  return {
    ...next,
    loopGuard: bad?.length === 0 && isProven(next) ? undefined : { ...loopGuard, endpoints: bad ?? [] },
  };
};

/** Whether it is news that an API has taken the token: of most calls it is not. */
export const isAcceptanceNews = ({ acceptedToken, loopGuard }: State<unknown>, tokenNumber: number): boolean =>
  tokenNumber > acceptedToken || loopGuard !== undefined;

/** Whether an API has taken the token that was refused: the fault is that of the endpoints which refuse it. */
const isProven = ({ loopGuard, acceptedToken }: State<unknown>): boolean =>
  loopGuard !== undefined && acceptedToken >= loopGuard.anywhere.tokenNumber;

/**
 * For how many ms a refusal may not ask for a refresh yet; 0 where it may. An endpoint keeps a distance that grows with each
 * refresh that did not help there; the others keep one only while no API has taken the token.
 */
export const cooldownLeftMs = (
  state: State<unknown>,
  { newerThan = 0, endpoint = '', isGuess = false }: Refusal,
  now: Instant,
  policy: Policy,
): number => {
  const { loopGuard } = state;
  if (loopGuard === undefined) return 0;
  const leftMs = ({ count, at }: Cooldown) =>
    Math.min(policy.cooldownMs * 2 ** (count - 1), policy.maxCooldownMs) - elapsedMs(at, now);
  const there = loopGuard.endpoints.find((run) => run.endpoint === endpoint);
  if (isGuess && there !== undefined && there.tokenNumber >= newerThan) return Number.POSITIVE_INFINITY;
  return Math.max(there === undefined ? 0 : leftMs(there), isProven(state) ? 0 : leftMs(loopGuard.anywhere), 0);
};

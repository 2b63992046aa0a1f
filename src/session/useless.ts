import { elapsedMs, type Instant } from './expiry.ts';
import type { Policy, State } from './state.ts';

/** Refreshes in a row that a 401 asked for and that did not help. */
interface Run {
  readonly count: number;
  /** When the last of them turned out not to have helped. */
  readonly at: Instant;
  /** The token that it brought. */
  readonly serial: number;
}

/** The refreshes that did not help: seen as a whole, and endpoint by endpoint. */
export interface Useless {
  readonly anywhere: Run;
  /** The latest last. */
  readonly endpoints: readonly (Run & { readonly endpoint: string })[];
}

/** What somebody asks a refresh for: the token that was refused, and where. */
export interface Refusal {
  readonly newerThan?: number | undefined;
  readonly endpoint?: string | undefined;
  /** The refusal is a guess, which one token is good for once. */
  readonly isGuess?: boolean | undefined;
}

const maxEndpoints = 100;

/** A token was refused though it had just been refreshed. */
export const refuse = <Claims>(
  state: State<Claims>,
  { serial, endpoint }: { readonly serial: number; readonly endpoint: string },
  at: Instant,
): State<Claims> => {
  const { useless, token } = state;
  // A token of before says nothing about this one.
  if (token?.serial !== serial) return state;
  const oneMore = (run: Run | undefined): Run =>
    run !== undefined && run.serial >= serial ? run : { count: (run?.count ?? 0) + 1, at, serial };
  const known = useless?.endpoints.find((run) => run.endpoint === endpoint);
  const others = (useless?.endpoints ?? []).filter((run) => run !== known);
  return {
    ...state,
    useless: {
      anywhere: oneMore(isProven(state) ? undefined : useless?.anywhere),
      endpoints: [...others, { ...oneMore(known), endpoint }].slice(-maxEndpoints),
    },
  };
};

/** A call was not refused: those endpoints are well again, and tokens are taken. */
export const succeed = <Claims>(
  state: State<Claims>,
  { serial, endpoints }: { readonly serial: number; readonly endpoints: readonly string[] },
): State<Claims> => {
  const next = serial > state.accepted ? { ...state, accepted: serial } : state;
  const { useless } = next;
  const bad = useless?.endpoints.filter((run) => serial < run.serial || !endpoints.includes(run.endpoint));
  if (useless === undefined || bad?.length === useless.endpoints.length) return next;
  return { ...next, useless: bad?.length === 0 && isProven(next) ? undefined : { ...useless, endpoints: bad ?? [] } };
};

/** Whether an API has taken the token that was refused: the fault is that of the endpoints which refuse it. */
const isProven = ({ useless, accepted }: State<unknown>): boolean =>
  useless !== undefined && accepted >= useless.anywhere.serial;

/**
 * For how many ms a refusal may not ask for a refresh yet; 0 where it may. An endpoint keeps a distance that grows with each
 * refresh that did not help there; the others keep one only while no API has taken the token.
 */
export const distanceMs = (
  state: State<unknown>,
  { newerThan = 0, endpoint = '', isGuess = false }: Refusal,
  now: Instant,
  policy: Policy,
): number => {
  const { useless } = state;
  if (useless === undefined) return 0;
  const leftMs = ({ count, at }: Run) =>
    Math.min(policy.uselessDistanceMs * 2 ** (count - 1), policy.maxUselessDistanceMs) - elapsedMs(at, now);
  const there = useless.endpoints.find((run) => run.endpoint === endpoint);
  if (isGuess && there !== undefined && there.serial >= newerThan) return Number.POSITIVE_INFINITY;
  return Math.max(there === undefined ? 0 : leftMs(there), isProven(state) ? 0 : leftMs(useless.anywhere), 0);
};

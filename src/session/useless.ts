import { elapsedMs, type Instant } from './expiry.ts';
import type { Policy, State } from './state.ts';

/** The last refresh that a 401 asked for and that did not help. */
export interface Useless {
  /** How many of them in a row. */
  readonly count: number;
  readonly at: Instant;
  /** The token that it brought. */
  readonly serial: number;
  /** Where it did not help, the latest last. */
  readonly endpoints: readonly string[];
  /** The token is taken elsewhere: the fault is those endpoints' own. */
  readonly isProven: boolean;
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
  const endpoints = [...(useless?.endpoints ?? []).filter((known) => known !== endpoint), endpoint].slice(
    -maxEndpoints,
  );
  if (useless !== undefined && useless.serial >= serial) return { ...state, useless: { ...useless, endpoints } };
  const { count = 0, isProven = false } = useless ?? {};
  return { ...state, useless: { count: count + 1, at, serial, endpoints, isProven } };
};

/** A call was not refused: with a later token, all is well again; with the very one, it is elsewhere. */
export const succeed = <Claims>(state: State<Claims>, serial: number): State<Claims> => {
  const { useless } = state;
  if (useless === undefined || serial < useless.serial) return state;
  return { ...state, useless: serial > useless.serial ? undefined : { ...useless, isProven: true } };
};

/** Whether a 401 may not ask for a refresh yet: the last ones were of no use, there or, as far as is known, anywhere. */
export const isTooSoon = (
  { useless }: State<unknown>,
  endpoint: string | undefined,
  now: Instant,
  policy: Policy,
): boolean => {
  if (useless === undefined) return false;
  const times = useless.isProven && !useless.endpoints.includes(endpoint ?? '') ? 1 : useless.count;
  return (
    elapsedMs(useless.at, now) < Math.min(policy.uselessDistanceMs * 2 ** (times - 1), policy.maxUselessDistanceMs)
  );
};

import type { CallOwner } from '../../session/demand.ts';
import type { AccessToken } from '../../session/state.ts';

/** An access token that the app was given, and whose it is. */
interface GivenToken extends CallOwner {
  readonly tokenNumber: number;
  /** It was given because another one was refused. */
  readonly isReplacement: boolean;
}

/** More than an app uses at one time. */
const MAX_TOKENS = 20;

/** The last access tokens that the app was given, for when it says that one of them was refused. */
export function createGivenTokens() {
  const tokens = new Map<string, GivenToken>();
  return {
    find: (value: string): GivenToken | undefined => tokens.get(value),
    add: ({ value, tokenNumber }: AccessToken, owner: CallOwner, isReplacement: boolean): void => {
      const known = tokens.get(value);
      const wasReplacement = known?.tokenNumber === tokenNumber && known.isReplacement;
      tokens.delete(value);
      tokens.set(value, { ...owner, tokenNumber, isReplacement: isReplacement || wasReplacement });
      for (const oldest of tokens.keys()) if (tokens.size > MAX_TOKENS) tokens.delete(oldest);
    },
  };
}

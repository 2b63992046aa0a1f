import type { Need } from './session/answer.ts';
import type { AccessToken } from './session/state.ts';

/** An access token that the app was given, and whose it is. */
interface GivenToken extends Pick<Need, 'epoch' | 'user'> {
  readonly serial: number;
  /** It was given in place of one that was refused. */
  readonly isReplacement: boolean;
}

/** More than an app uses at one time. */
const maxTokens = 20;

/** The last access tokens that the app was given, for when it says that one of them was refused. */
export const createGivenTokens = () => {
  const tokens = new Map<string, GivenToken>();
  return {
    find: (value: string): GivenToken | undefined => tokens.get(value),
    add: ({ value, serial }: AccessToken, owner: Pick<Need, 'epoch' | 'user'>, isReplacement: boolean): void => {
      const wasReplacement = tokens.get(value)?.serial === serial && tokens.get(value)?.isReplacement === true;
      tokens.delete(value);
      tokens.set(value, { ...owner, serial, isReplacement: isReplacement || wasReplacement });
      for (const oldest of tokens.keys()) if (tokens.size > maxTokens) tokens.delete(oldest);
    },
  };
};

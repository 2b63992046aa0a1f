import { readObtainedTokens, sendSignIn, signInBody } from '../auth-server/sign-in.ts';
import type { TokensIn } from '../auth-server/tokens/find-tokens.ts';
import { readFoundTokens } from '../auth-server/tokens/token-response.ts';
import { tokenSetOf } from '../auth-server/tokens/token-set.ts';
import type { Platform } from '../platform/platform.ts';
import type { Session } from '../session/session.ts';
import type { Instant } from '../session/time.ts';
import type { AuthClient } from './auth-client.ts';
import type { ClientCore } from './client-core.ts';
import { SignInUnavailableError, UnauthenticatedError } from './errors.ts';
import type { Settings } from './settings.ts';

/** How long a sign-in waits for a refresh or a sign-out under way, whose late response could set the cookie back. */
const SLOT_WAIT_MS = 3000;

/**
 * The two ways to sign in. Neither succeeds if the user signs out meanwhile. `started` resolves once the
 * client has started.
 */
export function createSignIn<Claims>(
  { sendAuthRequest, keys, store, tabs, signOut }: ClientCore<Claims>,
  settings: Settings<Claims>,
  platform: Platform,
  started: () => Promise<unknown>,
): Pick<AuthClient<Claims>, 'signIn' | 'completeSignIn'> {
  const { clock } = platform;

  const checkSignOuts = (signOuts: number) => {
    if (signOuts !== signOut.count()) throw new UnauthenticatedError('signed-out');
  };

  const accept = (tokens: TokensIn, obtainedAt: Instant, signOuts: number): Session<Claims> => {
    const tokenSet = tokenSetOf<Claims>(readFoundTokens(tokens), obtainedAt, undefined, settings);
    if (signOuts !== signOut.count()) signOut.undo(tokenSet.user);
    checkSignOuts(signOuts);
    keys.forget();
    signOut.forget();
    // A call that has waited too long by now, because the page slept, does not get this token.
    store.dispatch({ type: 'tick' });
    store.dispatch({ type: 'signed-in', tokenSet, jitter: platform.random() });
    // A listener may have signed out.
    checkSignOuts(signOuts);
    return store.session();
  };

  return {
    signIn: async (credentials) => {
      const body = signInBody(credentials);
      const signOuts = signOut.count();
      await started().catch((error) => {
        throw error instanceof TypeError ? error : new SignInUnavailableError(error);
      });
      const { tokens, obtainedAt } = await tabs.enqueue(() => {
        checkSignOuts(signOuts);
        return sendSignIn(platform, sendAuthRequest, settings.endpoints.signIn, body, settings.readTokens);
      }, SLOT_WAIT_MS);
      return accept(tokens, obtainedAt, signOuts);
    },
    completeSignIn: async (responseOrTokens) => {
      const obtainedAt = clock.now();
      const signOuts = signOut.count();
      await started();
      const tokens = await readObtainedTokens(responseOrTokens, clock.now().wallAt, settings.readTokens);
      return accept(tokens, obtainedAt, signOuts);
    },
  };
}

import type { AuthClient } from '../../client/auth-client.ts';

/** A client that hands everything to the one that is current at the time of each call. */
export function delegate<Claims>(current: () => AuthClient<Claims>): AuthClient<Claims> {
  return {
    authFetch: (input, init) => current().authFetch(input, init),
    fetchWith: (options) => (input, init) => current().fetchWith(options)(input, init),
    ready: () => current().ready(),
    signIn: (credentials) => current().signIn(credentials),
    completeSignIn: (responseOrTokens) => current().completeSignIn(responseOrTokens),
    signOut: () => current().signOut(),
    getAccessToken: (options) => current().getAccessToken(options),
    refresh: () => current().refresh(),
    getSession: () => current().getSession(),
    subscribe: (listener) => current().subscribe(listener),
    onUserLeft: (listener) => current().onUserLeft(listener),
    onUserChanged: (listener) => current().onUserChanged(listener),
    onEvent: (listener) => current().onEvent(listener),
    start: () => current().start(),
  };
}

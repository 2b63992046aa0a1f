import { Auth0Client } from '@auth0/auth0-spa-js';
import { present } from './page.ts';

present(async () => {
  const here = location.origin + location.pathname;
  const client = new Auth0Client({
    domain: location.origin,
    clientId: 'app',
    useRefreshTokens: true,
    useRefreshTokensFallback: true,
    cacheLocation: window.config.cacheLocation as 'memory' | 'localstorage',
    authorizationParams: { redirect_uri: here, audience: 'api' },
  });
  if (new URLSearchParams(location.search).has('code')) {
    await client.handleRedirectCallback();
    history.replaceState(undefined, '', here);
  } else await client.checkSession();
  const fetcher = client.createFetcher({ getAccessToken: () => client.getTokenSilently() });
  return {
    signIn: () => client.loginWithRedirect(),
    call: async (url) => (await fetcher.fetchWithAuth(url)).status,
    signOut: () => client.logout({ logoutParams: { returnTo: here } }),
    isSignedIn: () => client.isAuthenticated(),
  };
});

import { Auth0Provider, useAuth0 } from '@auth0/auth0-react';
import { createRoot } from 'react-dom/client';
import { countRender, present } from './page.ts';

let shown: ReturnType<typeof useAuth0> | undefined;

function Shown() {
  countRender();
  shown = useAuth0();
  return <p>{String(shown.isAuthenticated)}</p>;
}

const here = location.origin + location.pathname;
const provided = (
  <Auth0Provider
    domain={location.origin}
    clientId="app"
    useRefreshTokens
    useRefreshTokensFallback
    cacheLocation={window.config.cacheLocation as 'memory' | 'localstorage'}
    authorizationParams={{ redirect_uri: here, audience: 'api' }}
  >
    <Shown />
  </Auth0Provider>
);
createRoot(document.body).render(provided);

present(() => ({
  signIn: async () => shown?.loginWithRedirect(),
  call: async (url) => {
    const token = await shown?.getAccessTokenSilently();
    return (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status;
  },
  signOut: async () => shown?.logout({ logoutParams: { returnTo: here } }),
  isSignedIn: () => shown?.isAuthenticated === true,
}));

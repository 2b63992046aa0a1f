import { ProtocolMode, PublicClientApplication } from '@azure/msal-browser';
import { MsalProvider, useIsAuthenticated, useMsal } from '@azure/msal-react';
import { createRoot } from 'react-dom/client';
import { countRender, present } from './page.ts';

let shown: (ReturnType<typeof useMsal> & { isAuthenticated: boolean }) | undefined;

function Shown() {
  countRender();
  shown = { ...useMsal(), isAuthenticated: useIsAuthenticated() };
  return <p>{String(shown.isAuthenticated)}</p>;
}

const here = location.origin + location.pathname;
const client = new PublicClientApplication({
  auth: { clientId: 'app', authority: location.origin, knownAuthorities: [location.host], redirectUri: here },
  cache: { cacheLocation: window.config.cacheLocation as 'localStorage' | 'sessionStorage' },
  system: { protocolMode: ProtocolMode.OIDC, tokenRenewalOffsetSeconds: 60 },
});
const scopes = ['openid', 'profile', 'offline_access', 'api'];
const provided = (
  <MsalProvider instance={client}>
    <Shown />
  </MsalProvider>
);
createRoot(document.body).render(provided);

present(() => ({
  signIn: async () => shown?.instance.loginRedirect({ scopes }),
  call: async (url) => {
    const [account] = shown?.accounts ?? [];
    if (account === undefined) throw new Error('Nobody is signed in.');
    const { accessToken } = await client.acquireTokenSilent({ scopes, account });
    return (await fetch(url, { headers: { authorization: `Bearer ${accessToken}` } })).status;
  },
  signOut: async () => shown?.instance.logoutRedirect(),
  isSignedIn: () => shown?.isAuthenticated === true,
}));

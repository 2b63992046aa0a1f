import { ProtocolMode, PublicClientApplication } from '@azure/msal-browser';
import { present } from './page.ts';

present(async () => {
  const here = location.origin + location.pathname;
  const client = new PublicClientApplication({
    auth: {
      clientId: 'app',
      authority: location.origin,
      knownAuthorities: [location.host],
      redirectUri: here,
      postLogoutRedirectUri: here,
    },
    cache: { cacheLocation: window.config.cacheLocation as 'localStorage' | 'sessionStorage' },
    system: { protocolMode: ProtocolMode.OIDC, tokenRenewalOffsetSeconds: 60 },
  });
  await client.initialize();
  await client.handleRedirectPromise();
  const accountOf = () => client.getAllAccounts()[0];
  const scopes = ['openid', 'profile', 'offline_access', 'api'];
  return {
    signIn: () => client.loginRedirect({ scopes }),
    call: async (url) => {
      const account = accountOf();
      if (account === undefined) throw new Error('Nobody is signed in.');
      const { accessToken } = await client.acquireTokenSilent({ scopes, account });
      return (await fetch(url, { headers: { authorization: `Bearer ${accessToken}` } })).status;
    },
    signOut: () => client.logoutRedirect(),
    isSignedIn: () => accountOf() !== undefined,
  };
});

import { UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { present } from './page.ts';

present(async () => {
  const here = location.origin + location.pathname;
  const manager = new UserManager({
    authority: location.origin,
    client_id: 'app',
    redirect_uri: here,
    post_logout_redirect_uri: here,
    scope: 'openid offline_access',
    userStore: new WebStorageStateStore({ store: window.config.store === 'local' ? localStorage : sessionStorage }),
  });
  if (new URLSearchParams(location.search).has('code')) {
    await manager.signinRedirectCallback();
    history.replaceState(undefined, '', here);
  }
  return {
    signIn: () => manager.signinRedirect(),
    // The library refreshes before the token expires; where that has failed, the app asks for it once more.
    call: async (url) => {
      const kept = await manager.getUser();
      const user = kept === null || kept.expired === true ? await manager.signinSilent() : kept;
      if (user === null) throw new Error('Nobody is signed in.');
      return (await fetch(url, { headers: { authorization: `Bearer ${user.access_token}` } })).status;
    },
    signOut: () => manager.signoutRedirect(),
    isSignedIn: async () => (await manager.getUser()) !== null,
  };
});

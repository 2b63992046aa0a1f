import { WebStorageStateStore } from 'oidc-client-ts';
import { createRoot } from 'react-dom/client';
import { AuthProvider, useAuth } from 'react-oidc-context';
import { countRender, present } from './page.ts';

let shown: ReturnType<typeof useAuth> | undefined;

function Shown() {
  countRender();
  shown = useAuth();
  return <p>{String(shown.isAuthenticated)}</p>;
}

const here = location.origin + location.pathname;
const store = window.config.store === 'local' ? localStorage : sessionStorage;
const provided = (
  <AuthProvider
    authority={location.origin}
    client_id="app"
    redirect_uri={here}
    post_logout_redirect_uri={here}
    scope="openid offline_access"
    userStore={new WebStorageStateStore({ store })}
    onSigninCallback={() => history.replaceState(undefined, '', here)}
  >
    <Shown />
  </AuthProvider>
);
createRoot(document.body).render(provided);

present(() => ({
  signIn: async () => shown?.signinRedirect(),
  call: async (url) => (await fetch(url, { headers: { authorization: `Bearer ${shown?.user?.access_token}` } })).status,
  signOut: async () => shown?.signoutRedirect(),
  isSignedIn: () => shown?.isAuthenticated === true,
}));

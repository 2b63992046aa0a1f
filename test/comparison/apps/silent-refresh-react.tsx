import { createRoot } from 'react-dom/client';
import { createAuthClient } from 'silent-refresh';
import { AuthProvider, useAuth, useSession } from 'silent-refresh/react';
import { countRender, present } from './page.ts';

const auth = createAuthClient();
let status: string | undefined;
let client: ReturnType<typeof useAuth> | undefined;

function Shown() {
  countRender();
  status = useSession().status;
  client = useAuth();
  return <p>{status}</p>;
}

const provided = (
  <AuthProvider client={auth}>
    <Shown />
  </AuthProvider>
);
createRoot(document.body).render(provided);

present(() => ({
  signIn: async () => client?.signIn({ name: 'ann' }),
  call: async (url) => (await auth.authFetch(url)).status,
  signOut: async () => client?.signOut(),
  isSignedIn: () => status === 'authenticated',
}));

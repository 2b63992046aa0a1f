import { createAuthClient } from 'silent-refresh';
import { present } from './page.ts';

present(() => {
  const auth = createAuthClient();
  auth.start();
  return {
    signIn: () => auth.signIn({ name: 'ann' }),
    call: async (url) => (await auth.authFetch(url)).status,
    signOut: () => auth.signOut(),
    isSignedIn: () => auth.getSession().status === 'authenticated',
  };
});

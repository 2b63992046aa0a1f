import { AuthClient } from '@supabase/auth-js';
import { present } from './page.ts';

present(() => {
  const client = new AuthClient({
    url: `${location.origin}/gotrue`,
    storageKey: 'sb-auth-token',
    autoRefreshToken: true,
    persistSession: true,
  });
  return {
    signIn: async () => {
      const { error } = await client.signInWithPassword({ email: 'ann@example.com', password: 'right' });
      if (error !== null) throw error;
    },
    call: async (url) => {
      const { data, error } = await client.getSession();
      if (error !== null) throw error;
      if (data.session === null) throw new Error('Nobody is signed in.');
      return (await fetch(url, { headers: { authorization: `Bearer ${data.session.access_token}` } })).status;
    },
    signOut: () => client.signOut({ scope: 'local' }),
    isSignedIn: async () => (await client.getSession()).data.session !== null,
  };
});

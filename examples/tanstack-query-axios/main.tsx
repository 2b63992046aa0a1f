import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import axios from 'axios';
import { createRoot } from 'react-dom/client';
import { authErrorOf, createAuthClient } from 'silent-refresh';
import { AuthProvider, SignedIn, useAuth } from 'silent-refresh/react';
import { SignInForm } from '../sign-in-form.tsx';

const auth = createAuthClient();
const api = axios.create({ adapter: 'fetch', env: { fetch: auth.authFetch } });

const queryClient = new QueryClient({
  // A call that `authFetch` gives up on has waited and been replayed already: only other failures are tried again.
  defaultOptions: { queries: { retry: (failures, error) => failures < 3 && authErrorOf(error) === undefined } },
});

function Account() {
  const { signOut } = useAuth();
  const { data, error } = useQuery({
    queryKey: ['me'],
    queryFn: async ({ signal }) => (await api.get<{ name: string }>('/api/me', { signal })).data,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <>
      <h1>{data ? `Account of ${data.name}` : (error?.message ?? 'One moment…')}</h1>
      <button type="button" onClick={() => void signOut()}>
        Sign out
      </button>
    </>
  );
}

createRoot(document.getElementById('app') as HTMLElement).render(
  // Cleared before anybody else is shown; <SignedIn> mounts its children anew for the next user.
  <AuthProvider client={auth} onUserLeft={() => queryClient.clear()}>
    <QueryClientProvider client={queryClient}>
      <SignedIn loading="One moment…" fallback={<SignInForm />}>
        <Account />
      </SignedIn>
    </QueryClientProvider>
  </AuthProvider>,
);

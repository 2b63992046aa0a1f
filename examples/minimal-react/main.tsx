import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { createAuthClient } from 'silent-refresh';
import { AuthProvider, SignedIn, useAuth } from 'silent-refresh/react';

const auth = createAuthClient();

function SignIn() {
  const { signIn } = useAuth();
  const [message, setMessage] = useState('');
  const submit = async (fields: FormData) => {
    await signIn(Object.fromEntries(fields)).catch(() => setMessage('Wrong name or password.'));
  };
  return (
    <form action={submit}>
      <input name="name" placeholder="ada" />
      <input name="password" type="password" placeholder="secret" />
      <button type="submit">Sign in</button>
      <p role="alert">{message}</p>
    </form>
  );
}

function Orders() {
  const { authFetch, signOut } = useAuth();
  const [orders, setOrders] = useState<string[]>([]);
  const load = async () => setOrders(await (await authFetch('/api/orders')).json());
  return (
    <>
      <button type="button" onClick={() => void load()}>
        Load
      </button>
      <button type="button" onClick={() => void signOut()}>
        Sign out
      </button>
      <ul>
        {orders.map((order) => (
          <li key={order}>{order}</li>
        ))}
      </ul>
    </>
  );
}

createRoot(document.getElementById('app') as HTMLElement).render(
  <AuthProvider client={auth}>
    <SignedIn loading="…" fallback={<SignIn />}>
      <Orders />
    </SignedIn>
  </AuthProvider>,
);

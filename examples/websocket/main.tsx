import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { createAuthClient } from 'silent-refresh';
import { AuthProvider, SignedIn, useAuth } from 'silent-refresh/react';
import { SignInForm } from '../sign-in-form.tsx';
import { listen } from './live.ts';

const auth = createAuthClient();

function Messages() {
  const { authFetch, signOut } = useAuth();
  const [messages, setMessages] = useState<readonly string[]>([]);

  useEffect(() => {
    const leaving = new AbortController();
    const show = (text: string) => setMessages((shown) => [...shown, text]);
    void listen(auth, `${location.origin.replace('http', 'ws')}/live`, show, leaving.signal);
    return () => leaving.abort();
  }, []);

  const say = async (fields: FormData) => {
    await authFetch('/api/messages', { method: 'POST', body: String(fields.get('text')) });
  };
  return (
    <>
      <form action={say}>
        <input name="text" />
        <button type="submit">Say</button>
      </form>
      <button type="button" onClick={() => void signOut()}>
        Sign out
      </button>
      <pre>{messages.join('\n')}</pre>
    </>
  );
}

createRoot(document.getElementById('app') as HTMLElement).render(
  <AuthProvider client={auth}>
    <SignedIn loading="One moment…" fallback={<SignInForm />}>
      <Messages />
    </SignedIn>
  </AuthProvider>,
);

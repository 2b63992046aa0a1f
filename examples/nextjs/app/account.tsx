'use client';

import { useState } from 'react';
import { useAuth } from 'silent-refresh/react';

export function Account() {
  const { authFetch, signOut } = useAuth();
  const [answer, setAnswer] = useState('');

  async function call() {
    const response = await authFetch('/api/me');
    setAnswer(await response.text());
  }

  return (
    <>
      <button type="button" onClick={() => void call()}>
        Call the API
      </button>
      <button type="button" onClick={() => void signOut()}>
        Sign out
      </button>
      <output>{answer}</output>
    </>
  );
}

'use client';

import { useState } from 'react';
import { authErrorOf } from 'silent-refresh';
import { useAuth } from 'silent-refresh/react';

export function SignInForm() {
  const { signIn } = useAuth();
  const [message, setMessage] = useState('');

  async function submit(fields: FormData) {
    try {
      await signIn(Object.fromEntries(fields));
    } catch (error) {
      const isRejected = authErrorOf(error)?.code === 'sign_in_rejected';
      setMessage(isRejected ? 'Wrong name or password.' : 'That failed. Try again.');
    }
  }

  return (
    <form action={submit}>
      <input name="name" placeholder="Name" />
      <input name="password" type="password" placeholder="Password" />
      <button type="submit">Sign in</button>
      <p role="alert">{message}</p>
    </form>
  );
}

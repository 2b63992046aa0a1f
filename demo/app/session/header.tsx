import type { ReactNode } from 'react';
import { TabName } from '../tabs/tab-name.tsx';
import { useAuth, useSession } from './auth.ts';

const words = {
  loading: 'Checking',
  authenticated: 'Signed in',
  'relogin-required': 'Sign in again',
  unauthenticated: 'Signed out',
};

export const Header = (): ReactNode => {
  const { signOut } = useAuth();
  const status = useSession((session) => session.status);
  const isHere = status === 'authenticated' || status === 'relogin-required';
  return (
    <header>
      <h1>silent-refresh</h1>
      <TabName />
      <span className="status" data-testid="status" data-status={status}>
        {words[status]}
      </span>
      {isHere && (
        <button type="button" onClick={() => void signOut()}>
          Sign out
        </button>
      )}
    </header>
  );
};

'use client';

import type { ReactNode } from 'react';
import { createAuthClient } from 'silent-refresh';
import { AuthProvider } from 'silent-refresh/react';
import type { User } from '@/lib/authority';

const auth = createAuthClient();

export function Providers({ user, children }: { user: User | undefined; children: ReactNode }) {
  const claims = user && { initialClaims: { sub: user.id, user: { name: user.name } } };
  return (
    <AuthProvider client={auth} {...claims}>
      {children}
    </AuthProvider>
  );
}

import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { AuthProvider } from 'silent-refresh/react';
import { auth, router } from './router.tsx';

const reload = () => void router.invalidate();

createRoot(document.getElementById('app') as HTMLElement).render(
  <AuthProvider client={auth} onUserLeft={() => router.clearCache()} onUserChanged={reload} onReloginRequired={reload}>
    <RouterProvider router={router} />
  </AuthProvider>,
);

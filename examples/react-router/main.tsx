import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router';
import { AuthProvider } from 'silent-refresh/react';
import { auth, router } from './routes.tsx';

const reload = () => void router.revalidate();

createRoot(document.getElementById('app') as HTMLElement).render(
  <AuthProvider client={auth} onUserChanged={reload} onReloginRequired={reload}>
    <RouterProvider router={router} />
  </AuthProvider>,
);

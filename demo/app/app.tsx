import type { ReactNode } from 'react';
import { Dashboard } from './dashboard.tsx';
import { notes } from './notes/notes.ts';
import { AuthProvider, auth, SignedIn } from './session/auth.ts';
import { Checking } from './session/checking.tsx';
import { Header } from './session/header.tsx';
import { ProblemBanner } from './session/problem-banner.tsx';
import { ReloginDialog } from './session/relogin-dialog.tsx';
import { SignInScreen } from './session/sign-in-screen.tsx';

export const App = (): ReactNode => (
  <AuthProvider client={auth} onUserLeft={notes.clear}>
    <Header />
    <main>
      <SignedIn loading={<Checking />} fallback={<SignInScreen />}>
        <Dashboard />
        <ReloginDialog />
      </SignedIn>
    </main>
    <ProblemBanner />
    <footer>
      This demo is a first-party sign-in: one app and its own server. It is not an OAuth authorization server.
    </footer>
  </AuthProvider>
);

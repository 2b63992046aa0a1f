import type { ReactNode } from 'react';
import { EventLog } from './activity/event-log.tsx';
import { TimelineIfAny } from './activity/timeline.tsx';
import { Dashboard } from './dashboard.tsx';
import { devices } from './devices/devices.ts';
import { notes } from './notes/notes.ts';
import { ReportOutcome } from './report/report-outcome.tsx';
import { reports } from './report/reports.ts';
import { AuthProvider, auth, SignedIn } from './session/auth.ts';
import { Checking } from './session/checking.tsx';
import { Header } from './session/header.tsx';
import { ProblemBanner } from './session/problem-banner.tsx';
import { Relogin } from './session/relogin.tsx';
import { SignInScreen } from './session/sign-in-screen.tsx';

export const App = (): ReactNode => (
  <AuthProvider client={auth} onUserLeft={forget}>
    <Header />
    <main>
      <SignedIn loading={<Checking />} fallback={<SignedOut />}>
        <Dashboard />
        <Relogin />
      </SignedIn>
    </main>
    <ProblemBanner />
    <footer>
      <a href="https://github.com/silent-refresh/silent-refresh/tree/main/docs">Documentation</a>
      <p>This demo is a first-party sign-in: one app and its own server. It is not an OAuth authorization server.</p>
    </footer>
  </AuthProvider>
);

const SignedOut = (): ReactNode => (
  <>
    <SignInScreen>
      <ReportOutcome />
    </SignInScreen>
    <div className="signed-out-activity">
      <TimelineIfAny />
      <EventLog />
    </div>
  </>
);

/** Nothing that the page knows about a user is left when they leave. */
const forget = () => {
  notes.clear();
  reports.clear();
  devices.clear();
};

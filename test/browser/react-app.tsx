import { type ReactNode, StrictMode, useEffect, useState } from 'react';
import { type AuthClient, createAuthClient } from '../../src/index.ts';
import { AuthProvider, SignedIn, useAuth, useSession } from '../../src/react/index.ts';

/** How often each component was rendered, and what was called back. */
export interface Counts {
  renders: Record<string, number>;
  relogins: string[];
  left: number;
}

export interface AppProps {
  readonly auth: AuthClient;
  readonly counts: Counts;
  /** Called by a child in its first effect, before the provider's own effect. */
  readonly firstCall?: string;
}

export const noCounts = (): Counts => ({ renders: {}, relogins: [], left: 0 });

const count = ({ renders }: Counts, component: string) => {
  renders[component] = (renders[component] ?? 0) + 1;
};

const Status = ({ counts }: { readonly counts: Counts }): ReactNode => {
  count(counts, 'Status');
  const session = useSession();
  const reason = 'reason' in session ? session.reason : '';
  return <p id="status">{`${session.status} ${reason}`.trim()}</p>;
};

const Name = ({ counts }: { readonly counts: Counts }): ReactNode => {
  count(counts, 'Name');
  const name = useSession(({ claims }) => (claims?.user as { readonly name?: string } | undefined)?.name ?? 'nobody');
  return <p id="name">{name}</p>;
};

const Loader = ({ counts, url }: { readonly counts: Counts; readonly url: string | undefined }): ReactNode => {
  count(counts, 'Loader');
  const { authFetch } = useAuth();
  const [status, setStatus] = useState('not called');
  useEffect(() => {
    if (url === undefined) return;
    authFetch(url).then(
      (response) => setStatus(String(response.status)),
      (error: Error) => setStatus(error.name),
    );
  }, [authFetch, url]);
  return <p id="loaded">{status}</p>;
};

/** The app that the tests of the React binding look at. */
export const App = ({ auth, counts, firstCall }: AppProps): ReactNode => (
  <StrictMode>
    <AuthProvider
      client={auth}
      onReloginRequired={({ reason }) => void counts.relogins.push(reason)}
      onUserLeft={() => void counts.left++}
    >
      <Status counts={counts} />
      <Name counts={counts} />
      <Loader counts={counts} url={firstCall} />
      <SignedIn loading={<p id="gate">loading</p>} fallback={<p id="gate">signed out</p>}>
        <label htmlFor="draft">Draft</label>
        <input id="draft" />
      </SignedIn>
    </AuthProvider>
  </StrictMode>
);

export const createApp = (): AppProps => ({ auth: createAuthClient(), counts: noCounts() });

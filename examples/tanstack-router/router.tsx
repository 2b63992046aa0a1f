import {
  createRootRoute,
  createRoute,
  createRouter,
  Link,
  Navigate,
  Outlet,
  redirect,
  useRouter,
  useRouterState,
} from '@tanstack/react-router';
import { useEffect } from 'react';
import { authErrorOf, createAuthClient } from 'silent-refresh';
import { useAuth, useSession } from 'silent-refresh/react';
import { SignInForm } from '../sign-in-form.tsx';

export const auth = createAuthClient();
auth.start(); // routes load before React renders <AuthProvider>

const root = createRootRoute({ component: Root });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: ({ from }): { from: string } => ({ from: wayBack(from) }),
  component: SignIn,
});

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  /** Lets signed-in users pass, and sends everybody else to sign in first. */
  async beforeLoad({ location }) {
    const { status } = await auth.ready();
    if (status !== 'authenticated') throw redirect({ to: '/sign-in', search: { from: location.href } });
  },
  loader: async () => (await auth.ready()).claims?.sub,
  component: Shell,
});

const home = createRoute({ getParentRoute: () => shell, path: '/', component: () => <h1>Home</h1> });

const account = createRoute({
  getParentRoute: () => shell,
  path: '/account',
  loader: async (): Promise<{ name: string }> => (await auth.authFetch('/api/me')).json(),
  component: () => <h1>Account of {account.useLoaderData().name}</h1>,
});

/** If the server cannot say who is signed in, the client keeps asking. When it has an answer, the routes load again. */
function Root() {
  const router = useRouter();
  const isUnavailable = useRouterState({
    select: ({ matches }) => matches.some(({ error }) => authErrorOf(error)?.code === 'refresh_unavailable'),
  });
  const isAnswered = useSession(
    (session) => session.status !== 'loading' && !('problem' in session && session.problem),
  );
  useEffect(() => {
    if (isUnavailable && isAnswered) void router.invalidate();
  }, [isUnavailable, isAnswered, router]);
  return isUnavailable ? <p>The server cannot be reached. Trying again…</p> : <Outlet />;
}

/** What was loaded for one user is not shown to the next one, not even until it is loaded again. */
function Shell() {
  const loadedFor = shell.useLoaderData();
  const userId = useSession((session) => session.claims?.sub);
  const { signOut } = useAuth();
  if (userId !== loadedFor) return <p>One moment…</p>;
  return (
    <>
      <Link to="/">Home</Link> <Link to="/account">Account</Link>
      <button type="button" onClick={() => void signOut()}>
        Sign out
      </button>
      <Outlet />
    </>
  );
}

function SignIn() {
  const { from } = signIn.useSearch();
  const isSignedIn = useSession(({ status }) => status === 'authenticated');
  return isSignedIn ? <Navigate to={from} replace /> : <SignInForm />;
}

/** An address of this app, and of no other: anybody can write a link with a `from` of their own. */
function wayBack(from: unknown): string {
  const { origin, pathname, search } = new URL(String(from ?? '/'), location.origin);
  return origin === location.origin && !pathname.startsWith('//') ? pathname + search : '/';
}

export const router = createRouter({ routeTree: root.addChildren([signIn, shell.addChildren([home, account])]) });

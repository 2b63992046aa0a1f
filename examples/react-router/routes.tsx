import { useEffect } from 'react';
import {
  createBrowserRouter,
  Link,
  type MiddlewareFunction,
  Navigate,
  Outlet,
  redirect,
  useLoaderData,
  useLocation,
  useRevalidator,
  useRouteError,
} from 'react-router';
import { authErrorOf, createAuthClient } from 'silent-refresh';
import { useAuth, useSession } from 'silent-refresh/react';
import { SignInForm } from '../sign-in-form.tsx';

export const auth = createAuthClient();
auth.start(); // loaders run before React renders <AuthProvider>

/** Lets signed-in users pass, and sends everybody else to sign in first. */
const requireUser: MiddlewareFunction = async ({ request }) => {
  const { status } = await auth.ready();
  const { pathname, search } = new URL(request.url);
  if (status !== 'authenticated') throw redirect(`/sign-in?from=${encodeURIComponent(pathname + search)}`);
};

async function loadUserId() {
  return (await auth.ready()).claims?.sub;
}

async function loadAccount(): Promise<{ name: string }> {
  return (await auth.authFetch('/api/me')).json();
}

/** What was loaded for one user is not shown to the next one, not even until it is loaded again. */
function Shell() {
  const loadedFor = useLoaderData<typeof loadUserId>();
  const userId = useSession((session) => session.claims?.sub);
  const { signOut } = useAuth();
  if (userId !== loadedFor) return <p>One moment…</p>;
  return (
    <>
      <Link to="/">Home</Link> <Link to="/account?tab=name">Account</Link>
      <button type="button" onClick={() => void signOut()}>
        Sign out
      </button>
      <Outlet />
    </>
  );
}

function Account() {
  return <h1>Account of {useLoaderData<typeof loadAccount>().name}</h1>;
}

function SignIn() {
  const { search } = useLocation();
  const isSignedIn = useSession(({ status }) => status === 'authenticated');
  return isSignedIn ? <Navigate to={wayBack(search)} replace /> : <SignInForm />;
}

/** An address of this app, and of no other: anybody can write a link with a `from` of their own. */
function wayBack(search: string): string {
  const from = new URL(new URLSearchParams(search).get('from') ?? '/', location.origin);
  return from.origin === location.origin && !from.pathname.startsWith('//') ? from.pathname + from.search : '/';
}

/** If the server cannot say who is signed in, the client keeps asking. When it has an answer, the loaders run again. */
function LoadingFailed() {
  const isUnavailable = authErrorOf(useRouteError())?.code === 'refresh_unavailable';
  const isAnswered = useSession(
    (session) => session.status !== 'loading' && !('problem' in session && session.problem),
  );
  const { revalidate } = useRevalidator();
  useEffect(() => {
    if (isUnavailable && isAnswered) void revalidate();
  }, [isUnavailable, isAnswered, revalidate]);
  return <p>{isUnavailable ? 'The server cannot be reached. Trying again…' : 'Something went wrong.'}</p>;
}

export const router = createBrowserRouter([
  { path: '/sign-in', Component: SignIn },
  {
    middleware: [requireUser],
    loader: loadUserId,
    Component: Shell,
    ErrorBoundary: LoadingFailed,
    HydrateFallback: () => <p>One moment…</p>,
    children: [
      { path: '/', Component: () => <h1>Home</h1> },
      { path: '/account', loader: loadAccount, Component: Account },
    ],
  },
]);

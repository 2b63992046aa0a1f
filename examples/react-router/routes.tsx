import {
  createBrowserRouter,
  Link,
  type MiddlewareFunction,
  Navigate,
  Outlet,
  redirect,
  useLoaderData,
  useLocation,
} from 'react-router';
import { createAuthClient } from 'silent-refresh';
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

export const router = createBrowserRouter([
  { path: '/sign-in', Component: SignIn },
  {
    middleware: [requireUser],
    loader: loadUserId,
    Component: Shell,
    HydrateFallback: () => <p>One moment…</p>,
    children: [
      { path: '/', Component: () => <h1>Home</h1> },
      { path: '/account', loader: loadAccount, Component: Account },
    ],
  },
]);

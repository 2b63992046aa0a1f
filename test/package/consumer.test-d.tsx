// What an app imports, compiled against the packed declarations by each compiler that is supported.
import { createServer } from 'node:http';
import { createAuthClient, csrfCookie, holdCalls, isAuthError, replayStreams, type Session } from 'silent-refresh';
import { authRoutes, claimsOf, requireAuth } from 'silent-refresh/node';
import { AuthProvider, createAuthHooks, SignedIn, useAuth, useSession } from 'silent-refresh/react';
import { type AuthorityEvent, createAuthority, createVerifier, generateSigningKeys } from 'silent-refresh/server';
import { createPostgresStore } from 'silent-refresh/server/postgres';
import { createRedisStore } from 'silent-refresh/server/redis';
import { createSqliteStore } from 'silent-refresh/server/sqlite';
import { createTestAuthority, createTestClient } from 'silent-refresh/testing';

interface Claims {
  readonly roles: readonly string[];
}

export const auth = createAuthClient({
  allowedOrigins: ['https://api.example.com'],
  relogin: holdCalls(),
  streams: replayStreams(),
  csrf: csrfCookie({ cookie: 'XSRF-TOKEN', header: 'X-XSRF-TOKEN' }),
  parseClaims: (raw): Claims => ({ roles: Array.isArray(raw.roles) ? raw.roles.map(String) : [] }),
});
export const hooks = createAuthHooks<typeof auth>();
export const fetchLike: typeof fetch = auth.authFetch;

export function rolesOf(session: Session<Claims>): readonly string[] {
  return session.status === 'authenticated' ? session.claims.roles : [];
}

export function whyOf(error: unknown): number | undefined {
  return isAuthError(error) && error.code === 'refresh_unavailable' ? error.retryAt : undefined;
}

function Account() {
  const { signOut } = useAuth();
  const status = useSession((session) => session.status);
  return (
    <button type="button" onClick={signOut}>
      {status}
    </button>
  );
}

function Roles() {
  return <p>{hooks.useSession().claims?.roles.join()}</p>;
}

export const app = (
  <AuthProvider client={createAuthClient()} onReloginRequired={({ reason }) => console.info(reason)}>
    <hooks.AuthProvider client={auth}>
      <SignedIn loading="…" fallback={<p>Please sign in.</p>}>
        <Account />
        <Roles />
      </SignedIn>
    </hooks.AuthProvider>
  </AuthProvider>
);

export async function serve() {
  const authority = createAuthority({
    issuer: 'https://app.example.com',
    audience: 'https://app.example.com/api',
    keys: await generateSigningKeys(),
    refreshSecret: new Uint8Array(32),
    verifyCredentials: (given) => Object(given).name === 'ada' && { id: '1' },
    userId: (user) => user.id,
    onEvent: (event: AuthorityEvent) => console.info(event.type),
  });
  const guard = requireAuth(authority);
  createServer((request, response) => guard(request, response, () => response.end(claimsOf(request).sub)));
  createServer(authRoutes(authority));
  return createVerifier({ issuer: 'a', audience: 'b', jwks: 'https://app.example.com/jwks' }).guard;
}

export const stores = [createPostgresStore, createRedisStore, createSqliteStore];
export const testClient = createTestClient({ authority: createTestAuthority() });

import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { createAuthority, generateSigningKeys } from '../../../src/server/index.ts';

interface TestUser {
  readonly id: string;
  readonly name: string;
  readonly password: string;
}

/** The real authority behind msw, with the cookie jar that a browser would bring. */
export const createAuthServer = async (users: readonly TestUser[]) => {
  const jar = new Map<string, string>();
  const seen: string[] = [];
  let answerRefreshWith: (() => Response) | undefined;
  const authority = createAuthority<TestUser>({
    issuer: location.origin,
    audience: location.origin,
    keys: await generateSigningKeys(),
    refreshSecret: crypto.getRandomValues(new Uint8Array(32)),
    verifyCredentials: (credentials) => {
      const { name, password } = credentials as Record<string, unknown>;
      const user = users.find((one) => one.name === name && one.password === password);
      return user ?? Response.json({ error: 'invalid_credentials' }, { status: 401 });
    },
    userId: ({ id }) => id,
    loadUser: (id) => users.find((user) => user.id === id),
    profile: ({ id, name }) => ({ id, name }),
    cookie: { profile: 'dev' },
    // The tests see each answer themselves.
    onEvent: () => undefined,
  });

  const asBrowser = (request: Request): Request => {
    const headers = new Headers(request.headers);
    headers.set('origin', location.origin);
    headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    return new Request(request, { headers });
  };

  const keepCookies = (response: Response): Response => {
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    const headers = new Headers(response.headers);
    headers.delete('set-cookie');
    return new Response(response.body, { status: response.status, headers });
  };

  const server = setupServer(
    http.post('*/auth/down', () => new HttpResponse(null, { status: 503 })),
    http.post('*/auth/:endpoint', async ({ request, params }) => {
      seen.push(String(params.endpoint));
      if (params.endpoint === 'refresh' && answerRefreshWith !== undefined) return answerRefreshWith();
      return keepCookies(await authority.handle(asBrowser(request)));
    }),
    http.get('*/api/me', async ({ request }) => {
      seen.push('me');
      const claims = await authority.guard(request);
      return claims instanceof Response ? claims : HttpResponse.json({ sub: claims.sub });
    }),
  );
  server.listen({ onUnhandledFrame: 'error' });

  return {
    /** The endpoints asked so far, in order. */
    seen,
    count: (endpoint: string) => seen.filter((one) => one === endpoint).length,
    endUserSessions: authority.endUserSessions,
    answerRefreshWith: (answer: (() => Response) | undefined) => {
      answerRefreshWith = answer;
    },
    /** A user is signed in by cookie before the page loads. */
    signInBeforehand: async (name: string, password: string) => {
      const response = await fetch(`${location.origin}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-auth-client': '1' },
        body: JSON.stringify({ name, password }),
      });
      if (!response.ok) throw new Error(`the sign-in answered ${response.status}`);
      seen.length = 0;
    },
    close: () => server.close(),
  };
};

export type AuthServer = Awaited<ReturnType<typeof createAuthServer>>;

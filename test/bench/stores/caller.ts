import type { SessionStore } from '../../../src/server/index.ts';

const ORIGIN = 'https://app.example';

/** An authority of the built package on a store, and browsers that call it without any network. */
export async function createCaller(store: SessionStore) {
  const built = new URL('../../../dist/server/index.js', import.meta.url).href;
  const server = (await import(built)) as typeof import('../../../src/server/index.ts');
  const authority = server.createAuthority<{ id: string }>({
    issuer: 'urn:bench',
    audience: 'urn:bench:api',
    keys: await server.generateSigningKeys(),
    refreshSecret: new Uint8Array(32).fill(1),
    store,
    verifyCredentials: (credentials) => credentials as { id: string },
    userId: ({ id }) => id,
    onEvent: (event) => {
      if (event.type === 'failed') throw new Error('The authority failed.', { cause: event.error });
    },
  });

  async function post(path: string, headers: Record<string, string>, body: string | null = null): Promise<Response> {
    const common = { Origin: ORIGIN, [server.AUTH_CLIENT_HEADER]: '1', 'Content-Type': 'application/json' };
    const request = new Request(ORIGIN + path, { method: 'POST', headers: { ...common, ...headers }, body });
    const response = await authority.handle(request);
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}.`);
    return response;
  }

  const cookieOf = (response: Response) => response.headers.getSetCookie()[0]?.split(';')[0] ?? '';

  return {
    authority,
    async signIn(id: string) {
      const response = await post('/auth/login', {}, JSON.stringify({ id }));
      let cookie = cookieOf(response);
      let { sid, access_token: token } = (await response.json()) as { sid: string; access_token: string };
      return {
        sid,
        async refresh(key: string) {
          const refreshed = await post('/auth/refresh', { Cookie: cookie, 'Idempotency-Key': key });
          cookie = cookieOf(refreshed);
          ({ sid, access_token: token } = (await refreshed.json()) as { sid: string; access_token: string });
        },
        async guard() {
          const headers = { Authorization: `Bearer ${token}` };
          const answer = await authority.guard(new Request(`${ORIGIN}/api`, { headers }));
          if (answer instanceof Response) throw new Error(`The guard answered ${answer.status}.`);
        },
      };
    },
  };
}

import type { Authority } from '../../../src/server/index.ts';

/** The API that the tests call: every path of it needs a token. */
export interface Api {
  answer(request: Request, body: Buffer): Promise<Response>;
  /** Refuses from now on every access token that was issued so far, whatever its age. */
  refuseTokensSoFar(): void;
}

export const createApi = (authority: Authority, issued: ReadonlySet<string>): Api => {
  let refused: ReadonlySet<string> = new Set();
  const seenOnce = new Set<string>();
  return {
    refuseTokensSoFar: () => {
      refused = new Set(issued);
    },
    answer: async (request, body) => {
      const { pathname, searchParams, search } = new URL(request.url);
      const guarded = await authority.guard(request);
      if (guarded instanceof Response) return guarded;
      if (refused.has(request.headers.get('authorization')?.slice('Bearer '.length) ?? '')) return invalidToken();
      if (pathname === '/api/always-401') return invalidToken();
      if (pathname === '/api/once-401' && !seenOnce.has(search)) {
        seenOnce.add(search);
        return invalidToken();
      }
      if (pathname === '/api/redirect') {
        const status = Number(searchParams.get('status') ?? '302');
        return new Response(null, { status, headers: { location: searchParams.get('to') ?? '/' } });
      }
      if (pathname.startsWith('/api/status/'))
        return new Response(null, { status: Number(pathname.split('/').at(-1)) });
      return Response.json({ user: guarded.sub, method: request.method, size: body.length });
    },
  };
};

const invalidToken = (): Response =>
  new Response(null, { status: 401, headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } });

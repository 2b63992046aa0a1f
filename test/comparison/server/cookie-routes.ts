import type { Families, Grant } from './families.ts';
import type { Routes } from './routes.ts';

/** A server of one's own, with the refresh token in an HttpOnly cookie: sign-in, refresh and sign-out. */
export function cookieRoutes(families: Families): Routes {
  const cookieOf = (request: Request) => /(?:^|; )refresh=([^;]+)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? '';
  const setCookie = (value: string, maxAge: number) =>
    `refresh=${value}; HttpOnly; SameSite=Strict; Path=/auth; Max-Age=${maxAge}`;
  const answer = ({ accessToken, refreshToken, expiresIn, family }: Grant) =>
    Response.json(
      { access_token: accessToken, token_type: 'Bearer', expires_in: expiresIn, sid: family.id },
      { headers: { 'cache-control': 'no-store', 'set-cookie': setCookie(refreshToken, 86_400) } },
    );
  return {
    refreshPath: ({ pathname }) => pathname === '/auth/refresh',
    handle: async (request, { pathname }) => {
      if (pathname === '/auth/login') return answer(await families.begin());
      if (pathname === '/auth/refresh') {
        const grant = await families.refresh(cookieOf(request), request.headers.get('idempotency-key'));
        return grant === undefined ? Response.json({ error: 'invalid_grant' }, { status: 401 }) : answer(grant);
      }
      if (pathname === '/auth/logout') {
        families.revoke(cookieOf(request));
        return new Response(null, { status: 204, headers: { 'set-cookie': setCookie('', 0) } });
      }
      return undefined;
    },
  };
}

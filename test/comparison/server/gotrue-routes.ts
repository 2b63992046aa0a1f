import type { Families, Grant } from './families.ts';
import type { Routes } from './routes.ts';

const USER = {
  id: 'user-1',
  aud: 'authenticated',
  role: 'authenticated',
  email: 'ann@example.com',
  app_metadata: {},
  user_metadata: {},
  created_at: '2026-01-01T00:00:00Z',
};

/** The endpoints of Supabase's auth server that its client asks for a session with a password. */
export function gotrueRoutes(families: Families): Routes {
  const answer = ({ accessToken, refreshToken, expiresIn }: Grant) =>
    Response.json({
      access_token: accessToken,
      token_type: 'bearer',
      expires_in: expiresIn,
      expires_at: Math.floor(Date.now() / 1000) + expiresIn,
      refresh_token: refreshToken,
      user: USER,
    });
  return {
    refreshPath: ({ pathname, searchParams }) =>
      pathname === '/gotrue/token' && searchParams.get('grant_type') === 'refresh_token',
    handle: async (request, { pathname, searchParams }) => {
      if (pathname === '/gotrue/token' && searchParams.get('grant_type') === 'password') {
        return answer(await families.begin());
      }
      if (pathname === '/gotrue/token') {
        const { refresh_token } = await request.json();
        const grant = await families.refresh(refresh_token, request.headers.get('idempotency-key'));
        if (grant !== undefined) return answer(grant);
        const refusal = {
          code: 400,
          error_code: 'refresh_token_already_used',
          msg: 'Invalid Refresh Token: Already Used',
        };
        return Response.json(refusal, { status: 400 });
      }
      if (pathname === '/gotrue/logout') {
        // As the server does: the session is found by the access token, and all of its refresh tokens end.
        const { session_id } = claimsOf(request.headers.get('authorization') ?? '');
        for (const family of families.all) if (family.id === session_id) family.revoked = true;
        return new Response(null, { status: 204 });
      }
      return pathname === '/gotrue/user' ? Response.json(USER) : undefined;
    },
  };
}

function claimsOf(authorization: string): Record<string, unknown> {
  const [, payload = ''] = authorization.split('.');
  return payload === '' ? {} : JSON.parse(Buffer.from(payload, 'base64url').toString());
}

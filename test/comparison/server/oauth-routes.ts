import { createHash, randomUUID } from 'node:crypto';
import { exportJWK } from 'jose';
import type { Families, Grant } from './families.ts';
import type { Routes } from './routes.ts';

interface Asked {
  readonly challenge: string;
  readonly nonce: string | null;
  readonly clientId: string;
  readonly scope: string;
}

/**
 * An OpenID provider: the authorization code flow with PKCE, refresh tokens, discovery, and sign-out. Its user is signed in
 * at the first visit and from then on known by a cookie, so that `prompt=none` in a frame works until sign-out.
 */
export function oauthRoutes(families: Families, issuer: () => string): Routes {
  const codes = new Map<string, Asked>();

  const tokens = async ({ accessToken, refreshToken, expiresIn }: Grant, { clientId, nonce, scope }: Asked) =>
    Response.json({
      access_token: accessToken,
      refresh_token: refreshToken,
      token_type: 'Bearer',
      expires_in: expiresIn,
      scope,
      id_token: await families.sign(
        {
          sub: 'user-1',
          aud: clientId,
          name: 'Ann',
          preferred_username: 'ann',
          oid: 'user-1',
          ...(nonce && { nonce }),
        },
        families.lifetimeMs,
      ),
      client_info: Buffer.from(JSON.stringify({ uid: 'user-1', utid: 'tenant-1' })).toString('base64url'),
    });

  const authorize = (request: Request, asked: URLSearchParams): Response => {
    const isKnown = /(?:^|; )idp=1/.test(request.headers.get('cookie') ?? '');
    const answer: Record<string, string> = { state: asked.get('state') ?? '' };
    if (asked.get('prompt') === 'none' && !isKnown) {
      Object.assign(answer, { error: 'login_required', error_description: 'Login required' });
    } else {
      answer.code = randomUUID();
      codes.set(answer.code, {
        challenge: asked.get('code_challenge') ?? '',
        nonce: asked.get('nonce'),
        clientId: asked.get('client_id') ?? '',
        scope: asked.get('scope') ?? '',
      });
    }
    const headers = new Headers({ 'set-cookie': 'idp=1; HttpOnly; Path=/' });
    if (answer.error !== undefined) headers.delete('set-cookie');
    if (asked.get('response_mode') === 'web_message') {
      const message = JSON.stringify({ type: 'authorization_response', response: answer });
      headers.set('content-type', 'text/html');
      return new Response(`<script>parent.postMessage(${message}, '*')</script>`, { headers });
    }
    const separator = asked.get('response_mode') === 'fragment' ? '#' : '?';
    headers.set('location', `${asked.get('redirect_uri')}${separator}${new URLSearchParams(answer)}`);
    return new Response(null, { status: 302, headers });
  };

  const token = async (request: Request, form: URLSearchParams): Promise<Response> => {
    const refusal = () =>
      Response.json(
        { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' },
        { status: 400 },
      );
    if (form.get('grant_type') === 'authorization_code') {
      const code = form.get('code') ?? '';
      const asked = codes.get(code);
      codes.delete(code);
      const challenge = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url');
      return asked?.challenge === challenge ? tokens(await families.begin(), asked) : refusal();
    }
    const grant = await families.refresh(form.get('refresh_token') ?? '', request.headers.get('idempotency-key'));
    const asked = {
      challenge: '',
      nonce: null,
      clientId: form.get('client_id') ?? '',
      scope: form.get('scope') ?? 'openid offline_access',
    };
    return grant === undefined ? refusal() : tokens(grant, asked);
  };

  const endSession = (asked: URLSearchParams): Response => {
    const location = asked.get('returnTo') ?? asked.get('post_logout_redirect_uri') ?? issuer();
    return new Response(null, { status: 302, headers: { location, 'set-cookie': 'idp=; Max-Age=0; Path=/' } });
  };

  const discovery = () => {
    const base = issuer().replace(/\/$/, '');
    return Response.json({
      issuer: issuer(),
      authorization_endpoint: `${base}/authorize`,
      token_endpoint: `${base}/oauth/token`,
      end_session_endpoint: `${base}/v2/logout`,
      revocation_endpoint: `${base}/oauth/revoke`,
      jwks_uri: `${base}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    });
  };

  return {
    refreshPath: ({ pathname }) => pathname === '/oauth/token',
    handle: async (request, { pathname, searchParams }, form) => {
      if (pathname.endsWith('/.well-known/openid-configuration')) return discovery();
      if (pathname === '/jwks') {
        return Response.json({
          keys: [{ ...(await exportJWK(families.publicKey)), kid: 'key', alg: 'RS256', use: 'sig' }],
        });
      }
      if (pathname === '/authorize') return authorize(request, searchParams);
      if (pathname === '/oauth/token') return token(request, form);
      if (pathname === '/oauth/revoke') {
        families.revoke(form.get('token') ?? '');
        return new Response(null);
      }
      return pathname === '/v2/logout' ? endSession(searchParams) : undefined;
    },
  };
}

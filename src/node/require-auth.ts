import type { AccessTokenClaims, Authority } from '../server/index.ts';
import type { Handler } from './handler.ts';
import { receive } from './incoming.ts';
import { outgoingOf, plainResponse, send } from './outgoing.ts';
import { isSound, webRequest } from './to-request.ts';

/**
 * Lets requests with a good access token through, and answers the others: see `guard` of the authority. `claimsOf(req)`
 * gives the claims from then on, and throws where `requireAuth()` was left out. They are `req.auth`, too, of which no type is
 * declared here: another package may have declared one, and TypeScript allows no second.
 *
 * ```ts
 * app.get('/api/me', requireAuth(authority), (req, res) => res.json({ id: claimsOf(req).sub }));
 * fastify.get('/api/me', { preHandler: requireAuth(authority) }, async (request) => ({ id: claimsOf(request).sub }));
 * ```
 */
export function requireAuth(authority: Pick<Authority, 'guard'>): Handler {
  if (typeof authority?.guard !== 'function') {
    throw new TypeError(
      `requireAuth() takes what createAuthority() gives; found a value of type ${typeof authority} without guard().`,
    );
  }

  return (request, response, next) => {
    if (typeof next !== 'function') {
      throw new TypeError(
        `requireAuth() is middleware, which needs a \`next\` to call; found a value of type ${typeof next}. Without a framework, call \`authority.guard(toRequest(req))\`.`,
      );
    }
    const decide = async (): Promise<boolean> => {
      const received = receive(request);
      const claims = isSound(received) ? await authority.guard(webRequest(received, null)) : plainResponse(400);
      if (claims instanceof Response) await send(claims, outgoingOf(response), received.incoming);
      else Object.assign(request, { auth: claims });
      return !(claims instanceof Response);
    };
    decide().then((isLetIn) => isLetIn && next(), next);
  };
}

/** The claims of a request that `requireAuth()` has let in. Throws a `TypeError` where it has not. */
export function claimsOf(request: object): AccessTokenClaims {
  const { auth } = request as { auth?: AccessTokenClaims };
  if (typeof auth?.sub !== 'string') {
    throw new TypeError(
      `claimsOf() reads the claims that requireAuth() leaves in \`auth\` of the request; found a value of type ${typeof auth} there. Use requireAuth() first.`,
    );
  }
  return auth;
}

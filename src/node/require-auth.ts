import type { AccessTokenClaims, Authority } from '../server/index.ts';
import { type Handler, receive, takeOver } from './exchange.ts';
import { isSound, webRequest } from './node-request.ts';
import { plainAnswer, send } from './send.ts';

/**
 * Lets requests with a good access token through, and answers the others: see `guard` of the authority. The claims are
 * `req.auth` from then on; `claimsOf(req)` reads them with their type.
 *
 * ```ts
 * app.get('/api/me', requireAuth(authority), (req, res) => res.json({ id: claimsOf(req).sub }));
 * fastify.get('/api/me', { preHandler: requireAuth(authority) }, async (request) => ({ id: claimsOf(request).sub }));
 * ```
 */
export function requireAuth(authority: Pick<Authority, 'guard'>): Handler {
  if (typeof authority?.guard !== 'function') throw new TypeError('requireAuth() takes what createAuthority() gives.');

  return (request, response, next) => {
    if (next === undefined) throw new TypeError('requireAuth() is middleware: it needs a `next` to call.');
    const decide = async (): Promise<boolean> => {
      const received = receive(request);
      const claims = isSound(received) ? await authority.guard(webRequest(received, null)) : plainAnswer(400);
      if (claims instanceof Response) await send(claims, takeOver(response));
      else Object.assign(request, { auth: claims });
      return !(claims instanceof Response);
    };
    decide().then((isLetIn) => isLetIn && next(), next);
  };
}

/** The claims of a request that `requireAuth()` has let in. Throws a `TypeError` where it has not. */
export function claimsOf(request: object): AccessTokenClaims {
  const { auth } = request as { auth?: AccessTokenClaims };
  if (typeof auth?.sub !== 'string')
    throw new TypeError('claimsOf() reads what requireAuth() has let in: put it before.');
  return auth;
}

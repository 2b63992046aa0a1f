import type { Authority } from '../server/index.ts';
import { bodyOf } from './body.ts';
import type { Handler } from './handler.ts';
import { type Received, receive } from './incoming.ts';
import { type Outgoing, outgoingOf, plainResponse, send } from './outgoing.ts';
import { isSound, pathOf, webRequest } from './to-request.ts';

/**
 * Has the authority answer sign-in, refresh, sign-out and their preflights, and `paths.jwks` where that is set.
 *
 * ```ts
 * app.use(authRoutes(authority));                         // Express, Connect; or mounted: app.use('/auth', …)
 * fastify.all('/auth/*', authRoutes(authority));
 * createServer(authRoutes(authority));                    // node:http
 * ```
 *
 * It works before or after a body parser: it reads the bytes, or else uses `req.body`. `paths` of the authority are whole
 * paths and include the one the routes are mounted at. Every other request goes to `next`, a GET of an endpoint's path
 * too; where there is no `next`, the authority answers it with 404 or 405. What is thrown goes to `next`, or to Fastify's
 * error handler, or is answered with a plain 500.
 */
export function authRoutes(authority: Pick<Authority, 'handle' | 'paths'>): Handler {
  if (typeof authority?.handle !== 'function') {
    throw new TypeError(
      `authRoutes() takes what createAuthority() gives; found a value of type ${typeof authority} without handle().`,
    );
  }
  const { jwks, ...endpoints } = authority.paths;
  const paths = Object.values(endpoints);

  // A path that just misses is told to the authority, where a router would answer 404 and say nothing. Any method but
  // these two may be for a page or a route of the app.
  function isOurs(received: Received): boolean {
    const { method = 'GET' } = received.incoming;
    const path = pathOf(received);
    if (path === undefined) return false;
    if (path === jwks) return ['GET', 'HEAD', 'OPTIONS'].includes(method);
    if (!['POST', 'OPTIONS'].includes(method)) return false;
    const asked = path.replace(/(?<!\/)\/+$/, '');
    return paths.some((ours) => ours === path || ours === asked || (received.isMounted && asked.endsWith(ours)));
  }

  async function answer(received: Received, outgoing: Outgoing): Promise<void> {
    const { incoming } = received;
    if (!isSound(received)) return send(plainResponse(400), outgoing, incoming);
    await send(await authority.handle(webRequest(received, bodyOf(received))), outgoing, incoming);
  }

  return (request, response, next) => {
    const received = receive(request);
    if (next && !isOurs(received)) return next();
    answer(received, outgoingOf(response)).catch((error: Error) => {
      if (next) next(error);
      else if ('raw' in response) response.send(error);
      else return send(plainResponse(500), outgoingOf(response), received.incoming);
    });
  };
}

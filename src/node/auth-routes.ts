import type { Authority } from '../server/index.ts';
import { bodyOf } from './body.ts';
import { type Handler, type NodeResponse, type Received, receive, takeOver } from './exchange.ts';
import { isSound, pathOf, webRequest } from './node-request.ts';
import { plainAnswer, send } from './send.ts';

/**
 * Has the authority answer sign-in, refresh, sign-out and their preflights.
 *
 * ```ts
 * app.use(authRoutes(authority));                         // Express, Connect; or mounted: app.use('/auth', …)
 * fastify.all('/auth/*', authRoutes(authority));
 * createServer(authRoutes(authority));                    // node:http
 * ```
 *
 * It works before or after a body parser: it reads the bytes, or else uses `req.body`. `paths` of the authority are whole
 * paths and include the one the routes are mounted at. Every other request goes to `next`, or is answered 404 if there is
 * none. A failure to read the request goes to `next`, too, or is answered 500.
 */
export function authRoutes(authority: Pick<Authority, 'handle' | 'paths'>): Handler {
  if (typeof authority?.handle !== 'function') throw new TypeError('authRoutes() takes what createAuthority() gives.');
  const paths = Object.values(authority.paths);

  function isOurs(received: Received): boolean {
    const path = pathOf(received);
    return path !== undefined && (paths.includes(path) || isNearMiss(path, received));
  }

  // The authority tells of it, where a router would answer 404 and say nothing. A GET may be for a page of that name.
  function isNearMiss(path: string, { isMounted, incoming: { method = 'GET' } }: Received): boolean {
    if (!['POST', 'OPTIONS'].includes(method)) return false;
    const asked = path.replace(/(?<!\/)\/+$/, '');
    return paths.includes(asked) || (isMounted && paths.some((ours) => asked.endsWith(ours)));
  }

  async function answer(received: Received, outgoing: NodeResponse): Promise<void> {
    if (!isSound(received)) return send(plainAnswer(400), outgoing);
    const body = await bodyOf(received);
    if (body === undefined) return;
    const response = await authority.handle(webRequest(received, body.content));
    // There may be no end to what is left of the body.
    if (body.isCut && received.incoming.httpVersionMajor === 1) outgoing.setHeader('Connection', 'close');
    await send(response, outgoing);
  }

  return (request, response, next) => {
    const received = receive(request);
    if (next && !isOurs(received)) return next();
    const outgoing = takeOver(response);
    answer(received, outgoing).catch((error: Error) => (next ? next(error) : send(plainAnswer(500), outgoing)));
  };
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { claimsOf, requireAuth, toRequest } from '../../../src/node/index.ts';
import type { AuthorityOptions } from '../../../src/server/index.ts';
import { createFixture, type TokenBody, type User } from '../server/fixture.ts';

/** What a router does to a request on its way: cuts the path it is mounted at off `url`, and has body parsers before us. */
interface RoutedRequest extends IncomingMessage {
  originalUrl?: string;
  protocol?: string;
  body?: unknown;
}

type Next = (error?: Error) => void;
type Step = (request: RoutedRequest, response: ServerResponse, next: Next) => void;

/** A listener that runs steps in order, as Express and Connect do; 404 `none` behind the last, 500 `failed` on an error. */
export function chain(...steps: readonly Step[]): RequestListener {
  return (request, response) => {
    const run =
      (index: number): Next =>
      (error) => {
        const step = steps[index];
        if (error !== undefined) response.writeHead(500).end(`failed: ${error.message}`);
        else if (step === undefined) response.writeHead(404).end('none');
        else step(request, response, run(index + 1));
      };
    run(0)();
  };
}

/** Runs a step below a path alone, which it cuts off. */
export function mountedAt(prefix: string, step: Step): Step {
  return (request, response, next) => {
    const whole = request.url ?? '/';
    request.originalUrl ??= whole;
    if (!whole.startsWith(`${prefix}/`)) return next();
    request.url = whole.slice(prefix.length);
    step(request, response, (error) => {
      request.url = whole;
      next(error);
    });
  };
}

/** Reads the whole body and keeps what `parse` makes of it. */
export function bodyParser(parse: (bytes: Buffer) => unknown): Step {
  return (request, _response, next) => {
    buffer(request).then((bytes) => {
      request.body = parse(bytes);
      next();
    }, next);
  };
}

export interface Host {
  readonly origin: string;
  readonly fixture: ReturnType<typeof createFixture>;
  /** A POST of our own page, by a browser that has these cookies. */
  post(path: string, init?: RequestInit & { cookies?: readonly string[] }): Promise<Response>;
  signIn(): Promise<TokenBody & { readonly cookies: readonly string[] }>;
  /** What comes back for these very bytes, up to the end of the connection. */
  send(bytes: string): Promise<string>;
}

/** Starts a server on this machine with an authority in the `dev` profile, mounted as `listenerFor` says. */
export async function host(
  listenerFor: (authority: Host['fixture']['authority']) => RequestListener,
  options: Partial<AuthorityOptions<User>> = {},
): Promise<Host> {
  const fixture = createFixture({ cookie: { profile: 'dev' }, ...options });
  const server = createServer(listenerFor(fixture.authority));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;

  const post: Host['post'] = (path, { cookies = [], headers, ...init } = {}) => {
    const sent = new Headers({ Origin: origin, 'X-Auth-Client': '1', ...(headers as Record<string, string>) });
    if (cookies.length > 0) sent.set('Cookie', cookies.join('; '));
    return fetch(origin + path, { method: 'POST', ...init, headers: sent });
  };
  return {
    origin,
    fixture,
    post,
    async signIn() {
      const body = JSON.stringify({ id: 'ann', password: 'right' });
      const answer = await post('/auth/login', { body, headers: { 'Content-Type': 'application/json' } });
      const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '');
      return { ...((await answer.json()) as TokenBody), cookies };
    },
    send(bytes) {
      const socket = connect(port, '127.0.0.1');
      socket.write(bytes);
      return text(socket);
    },
  };
}

/** A route of the app behind the guard, and one that asks whose cookie it is. */
export const api =
  (authority: Host['fixture']['authority']): Step =>
  (request, response, next) => {
    if (request.url === '/api/me') {
      requireAuth(authority)(request, response, (error) =>
        error === undefined ? response.end(claimsOf(request).sub) : next(error),
      );
    } else if (request.url === '/') {
      authority
        .readSession(toRequest(request))
        .then((session) => response.end(typeof session === 'object' ? session.userId : String(session)), next);
    } else next();
  };

import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { AuthorityOptions } from '../../../src/server/index.ts';
import { createFixture, type TokenBody, type User } from '../server/fixture.ts';

export interface Host {
  readonly origin: string;
  readonly fixture: ReturnType<typeof createFixture>;
  /** A POST of our own page, by a browser that has these cookies. */
  post(path: string, init?: RequestInit & { cookies?: readonly string[] }): Promise<Response>;
  signIn(): Promise<TokenBody & { readonly cookies: readonly string[] }>;
  /** What comes back for these very bytes, until the server closes the connection. */
  send(bytes: string): Promise<string>;
}

/** Starts a server on this machine with an authority in the `dev` profile, mounted as `listenerFor` says. */
export async function host(
  listenerFor: (authority: Host['fixture']['authority']) => RequestListener | Promise<RequestListener>,
  options: Partial<AuthorityOptions<User>> = {},
): Promise<Host> {
  const fixture = createFixture({ cookie: { profile: 'dev' }, ...options });
  const server = createServer(await listenerFor(fixture.authority));
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

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import {
  type AccessTokenClaims,
  type Authority,
  type AuthorityOptions,
  createAuthority,
  generateSigningKeys,
} from '../../src/server/index.ts';

/** Answers a call whose token is good. */
export type Route = (request: Request, claims: AccessTokenClaims) => Response | Promise<Response>;

/** Answers every call to a path, and checks its token by itself. */
export type OpenRoute = (
  request: Request,
  guard: Authority['guard'],
  authority: Authority<User>,
) => Response | Promise<Response>;

export interface AppServerOptions {
  /** The API, by method and path, behind the guard. */
  readonly api?: Readonly<Record<string, Route>>;
  /** Paths beside the API. */
  readonly open?: Readonly<Record<string, OpenRoute>>;
  /** What the authority has besides. */
  readonly authorityOptions?: Partial<AuthorityOptions<User>>;
  /** Takes over a connection that is to become a WebSocket. */
  readonly onUpgrade?: (verify: Authority['verify'], request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

export interface User {
  readonly id: string;
  readonly name: string;
}

export const users: ReadonlyMap<string, User> = new Map([
  ['1', { id: '1', name: 'Ada' }],
  ['2', { id: '2', name: 'Bob' }],
]);
const keys = await generateSigningKeys();

/** The server of an app: the real authority over HTTP, and an API behind it. */
export async function startAppServer({ api = {}, open = {}, onUpgrade, authorityOptions }: AppServerOptions) {
  const asked: string[] = [];
  const issued = new Set<string>();
  const expired = new Set<string>();
  let stalled: Promise<void> | undefined;
  const authority = createAuthority<User>({
    issuer: 'http://localhost',
    audience: 'http://localhost',
    keys,
    refreshSecret: new Uint8Array(32).fill(7),
    cookie: { profile: 'dev' },
    verifyCredentials: (credentials) =>
      [...users.values()].find(({ name }) => name === Object(credentials).name) ?? undefined,
    userId: ({ id }) => id,
    loadUser: (id) => users.get(id),
    claims: ({ name }) => ({ name }),
    // The tests see each answer themselves.
    onEvent: () => undefined,
    ...authorityOptions,
  });

  const answerAuth = async (request: Request): Promise<Response> => {
    const response = await authority.handle(request);
    const { access_token } = response.status === 200 ? await response.clone().json() : {};
    if (access_token !== undefined) issued.add(access_token);
    return response;
  };

  /** An expired token gets the answer that the guard has for bad ones. */
  const guard: Authority['guard'] = (request) => {
    const token = request.headers.get('Authorization')?.slice('Bearer '.length);
    const headers = { Authorization: 'Bearer expired' };
    return authority.guard(token !== undefined && expired.has(token) ? new Request(request.url, { headers }) : request);
  };

  const verify: Authority['verify'] = (token) => authority.verify(expired.has(token) ? 'expired' : token);

  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const name = `${request.method} ${pathname}`;
    asked.push(name);
    if (pathname.startsWith('/auth/')) return answerAuth(request);
    const unguarded = open[pathname];
    if (unguarded !== undefined) return unguarded(request, guard, authority);
    const claims = await guard(request);
    if (claims instanceof Response) return claims;
    await stalled;
    return api[name]?.(request, claims) ?? new Response(null, { status: 404 });
  };

  const server = createServer(getRequestListener(answer, { overrideGlobalObjects: false })).listen(0, '127.0.0.1');
  server.on('upgrade', (request, socket: Duplex, head) => {
    asked.push('upgrade');
    onUpgrade?.(verify, request, socket, head);
  });
  await once(server, 'listening');

  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    authority,
    /** The requests so far, in order: `GET /api/me`. */
    asked,
    /** The requests since the last call of this function. */
    takeAsked: () => asked.splice(0),
    /** From now on the API refuses the access tokens of before, while the client takes them for good. */
    expireTokens: () => {
      for (const token of issued) expired.add(token);
    },
    /** The API keeps its answers until the returned function is called. */
    stall: () => {
      let release = () => {};
      stalled = new Promise((resolve) => {
        release = resolve;
      });
      return () => {
        stalled = undefined;
        release();
      };
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

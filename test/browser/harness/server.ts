import {
  type Authority,
  type AuthorityEvent,
  type AuthorityOptions,
  createAuthority,
  generateSigningKeys,
} from '../../../src/server/index.ts';
import { type Api, createApi } from './api.ts';
import { bundle } from './bundle.ts';
import { bodyOf, cut, requestOf, send, urlOf } from './conversion.ts';
import { createFaults, type Faults } from './faults.ts';
import { type Incoming, type Listener, listen, type Outgoing } from './listener.ts';
import { createLog, type Log } from './log.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import { type TestUser, users } from './users.ts';

export interface ServerOptions extends Partial<AuthorityOptions<TestUser>> {
  /** HTTPS with HTTP/2, or with HTTP/1.1 alone, and the cookie profile for it. */
  readonly tls?: boolean | 'http/1.1';
  /** The host by which the browser knows it. */
  readonly host?: string;
  /** `Cache-Control` of the documents. */
  readonly cacheControl?: string;
}

/** An origin of its own: pages, an API, and the real token authority with faults on demand. */
export interface TestServer extends Pick<Listener, 'up' | 'down'> {
  readonly origin: string;
  readonly port: number;
  readonly authority: Authority;
  readonly api: Api;
  readonly faults: Faults;
  readonly log: Log;
  readonly secrets: Secrets;
  /** What the authority says has happened. */
  readonly events: readonly AuthorityEvent[];
  /** Pages with a content of their own, by path. */
  readonly pages: Map<string, () => Promise<Response> | Response>;
  /** The life of the access tokens issued from now on. */
  tokenLifeMs: number;
}

const keys = await generateSigningKeys();
const blank =
  '<!doctype html><meta charset="utf-8"><title>test</title><script src="/lib.js"></script><p id="user"></p>';

export const startServer = async ({
  tls = false,
  host = 'localhost',
  cacheControl,
  ...options
}: ServerOptions): Promise<TestServer> => {
  const faults = createFaults();
  const log = createLog();
  const secrets = createSecrets();
  const events: AuthorityEvent[] = [];
  const pages: TestServer['pages'] = new Map();
  const authority = createAuthority<TestUser>({
    issuer: 'https://auth.example',
    audience: 'https://api.example',
    keys,
    refreshSecret: crypto.getRandomValues(new Uint8Array(32)),
    ...users,
    cookie: { profile: tls === false ? 'dev' : 'host' },
    accessTokenLifetimeMs: () => server.tokenLifeMs,
    onEvent: (event) => void events.push(event),
    ...options,
  });
  const api = createApi(authority, secrets.accessTokens);

  const page = async (url: URL): Promise<Response> => {
    const own = pages.get(url.pathname);
    if (own !== undefined) return own();
    if (url.pathname === '/favicon.ico') return new Response(null, { status: 204 });
    if (url.pathname === '/lib.js') {
      const script = await bundle(new URL('./in-page.ts', import.meta.url));
      return new Response(script, { headers: { 'content-type': 'text/javascript' } });
    }
    const caching = cacheControl === undefined ? {} : { 'cache-control': cacheControl };
    return new Response(blank, { headers: { 'content-type': 'text/html', ...caching } });
  };

  const route = async (request: Request, body: Buffer): Promise<Response> => {
    const url = new URL(request.url);
    if (url.pathname.startsWith('/auth/')) {
      const response = await authority.handle(request);
      await secrets.learn(response);
      return response;
    }
    return url.pathname.startsWith('/api/') ? api.answer(request, body) : page(url);
  };

  const handle = async (incoming: Incoming, outgoing: Outgoing): Promise<void> => {
    const { pathname } = urlOf(incoming);
    const body = await bodyOf(incoming);
    const seen = log.add({ method: incoming.method ?? 'GET', path: pathname, headers: { ...incoming.headers }, body });
    const fault = faults.take(pathname);
    await fault.before?.();
    const response = fault.answer?.() ?? (await route(requestOf(incoming, body), body));
    await fault.after?.();
    seen.status = response.status;
    if (fault.drop === true) cut(incoming);
    else await send(response, outgoing);
  };

  const { port, up, down } = await listen(tls, handle);
  const origin = `${tls === false ? 'http' : 'https'}://${host}:${port}`;
  const server: TestServer = {
    origin,
    port,
    up,
    down,
    authority,
    api,
    faults,
    log,
    secrets,
    events,
    pages,
    tokenLifeMs: 300_000,
  };
  return server;
};

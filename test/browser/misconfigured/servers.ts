import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type RequestHandler } from 'express';
import { authRoutes, requireAuth } from '../../../src/node/index.ts';
import {
  type Authority,
  type AuthorityOptions,
  createAuthority,
  generateSigningKeys,
} from '../../../src/server/index.ts';
import { createConsoleListener } from '../../../src/server/logging/console-listener.ts';
import { bundle } from '../harness/bundle.ts';

interface User {
  readonly id: string;
}

/** Answers in the place of the authority, or changes what it gets or gives. */
export type Change = (request: Request, handle: Authority['handle']) => Promise<Response>;

export interface WrongServer {
  /** How the browser knows this machine. Default `localhost`. */
  readonly host?: string;
  readonly options?: Partial<AuthorityOptions<User>>;
  readonly change?: Change;
  /** Comes before the authority's routes. */
  readonly before?: RequestHandler;
}

const keys = await generateSigningKeys();
const refreshSecret = crypto.getRandomValues(new Uint8Array(32));
const document =
  '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script src="/page.js"></script><body>';

/** A small server of an app: its page, the authority, and an API. `log` has what the authority would write to the console. */
export const startServer = async ({ host = 'localhost', options, change, before }: WrongServer = {}) => {
  const log: string[] = [];
  const sink = { warn: (line: string) => void log.push(line), error: (line: string) => void log.push(line) };
  const create = () =>
    createAuthority<User>({
      issuer: 'http://localhost',
      audience: 'http://localhost',
      keys,
      refreshSecret,
      cookie: { profile: 'dev' },
      verifyCredentials: (given) => {
        const { username, password } = Object(given) as Record<string, unknown>;
        return password === 'right' && { id: String(username) };
      },
      userId: ({ id }) => id,
      onEvent: createConsoleListener(sink),
      ...options,
    });
  const authority = create();
  const app = express();
  app.get('/', (_request, response) => void response.send(document));
  app.get('/page.js', async (_request, response) => {
    response.type('js').send(await bundle(new URL('./page.tsx', import.meta.url), 'development'));
  });
  if (before !== undefined) app.use(before);
  app.use(authRoutes({ ...authority, handle: (request) => (change ?? handled)(request, authority.handle) }));
  app.get('/api/me', requireAuth(authority), (_request, response) => void response.json({}));
  return { ...(await listen(app, host)), log, create };
};

const handled: Change = (request, handle) => handle(request);

/** Listens on a free port of this machine. */
export const listen = async (listener: RequestListener, host = 'localhost') => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin: `http://${host}:${port}`, port, close };
};

/** A proxy that hides the host which the browser asked for, as Vite's does for a target that is only an address. */
export const startProxy = (port: number) =>
  listen(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { host: _, connection: __, 'content-length': ___, ...headers } = incoming.headers;
    const { method = 'GET' } = incoming;
    const body = method === 'GET' || chunks.length === 0 ? null : Buffer.concat(chunks);
    const answer = await fetch(`http://127.0.0.1:${port}${incoming.url}`, {
      method,
      headers: headers as Record<string, string>,
      body,
      redirect: 'manual',
    });
    outgoing.statusCode = answer.status;
    for (const [name, value] of answer.headers) if (name !== 'content-encoding') outgoing.appendHeader(name, value);
    outgoing.end(Buffer.from(await answer.arrayBuffer()));
  });

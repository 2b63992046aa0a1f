import type { RequestListener } from 'node:http';
import connect from 'connect';
import express5, { type ErrorRequestHandler } from 'express';
import express4 from 'express4';
import fastify from 'fastify';
import { authRoutes, claimsOf, requireAuth } from '../../../src/node/index.ts';
import type { Authority } from '../../../src/server/index.ts';

/** Where an app has the routes, and what reads the body before them. */
interface AppOptions {
  readonly mountedAt?: string;
  readonly parsers?: readonly Parser[];
  /** Called with the framework's own app before anything is mounted. */
  prepare?(app: never): void;
}

/** Middleware that the app has before the routes. */
export type Parser = ReturnType<typeof express5.json>;

/** An app of a framework: the routes, a page at `/auth/login`, `/api/me` behind the guard, and an error handler. */
export type AppFor = (authority: Authority, options?: AppOptions) => RequestListener | Promise<RequestListener>;

const withExpress =
  (express: typeof express5): AppFor =>
  (authority, { mountedAt = '/', parsers = [], prepare } = {}) => {
    const app = express();
    prepare?.(app as never);
    for (const parser of parsers) app.use(parser);
    app.use(mountedAt, authRoutes(authority));
    app.get('/auth/login', (_request, response) => void response.send('a page'));
    app.all(
      '/api/me',
      requireAuth(authority),
      (request, response) => void response.json({ id: claimsOf(request).sub }),
    );
    const fail: ErrorRequestHandler = (error: Error, _request, response, _next) =>
      void response.status(500).send(`failed: ${error.message}`);
    app.use(fail);
    return app;
  };

const withConnect: AppFor = (authority, { mountedAt = '/', parsers = [], prepare } = {}) => {
  const app = connect();
  prepare?.(app as never);
  for (const parser of parsers) app.use(parser as connect.NextHandleFunction);
  app.use(mountedAt, authRoutes(authority));
  app.use('/auth/login', (request, response, next) =>
    /^(GET|HEAD)$/.test(request.method ?? '') ? response.end('a page') : next(),
  );
  app.use('/api/me', requireAuth(authority));
  app.use('/api/me', (request, response) => response.end(JSON.stringify({ id: claimsOf(request).sub })));
  app.use(((error: Error, _request, response, _next) => {
    response.statusCode = 500;
    response.end(`failed: ${error.message}`);
  }) satisfies connect.ErrorHandleFunction);
  return app;
};

/** Fastify reads the body before any route; a prefix of its own is a part of the path. */
const withFastify: AppFor = async (authority, { prepare } = {}) => {
  const app = fastify();
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  app.setErrorHandler((error: Error, _request, reply) => reply.code(500).send(`failed: ${error.message}`));
  prepare?.(app as never);
  app.post('/auth/*', authRoutes(authority));
  app.options('/auth/*', authRoutes(authority));
  app.get('/auth/login', async () => 'a page');
  app.all('/api/me', { preHandler: requireAuth(authority) }, async (request) => ({ id: claimsOf(request).sub }));
  await app.ready();
  return (request, response) => app.routing(request, response);
};

export const frameworks: Readonly<Record<'Express 4' | 'Express 5' | 'Connect' | 'Fastify', AppFor>> = {
  'Express 4': withExpress(express4 as unknown as typeof express5),
  'Express 5': withExpress(express5),
  Connect: withConnect,
  Fastify: withFastify,
};

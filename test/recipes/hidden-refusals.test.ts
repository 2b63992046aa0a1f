import { initTRPC, TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { expect, it } from 'vitest';
import { openPage } from './page.ts';
import type { OpenRoute } from './server.ts';

const unauthenticated = { data: null, errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }] };
const forbidden = { data: null, errors: [{ message: 'no', extensions: { code: 'FORBIDDEN' } }] };

/** A GraphQL server that has a refused token among its errors; `answer` is what it says of a good one. */
const openGraphql = async (answer: () => Response) => {
  const graphql: OpenRoute = async (request, guard) =>
    (await guard(request)) instanceof Response ? Response.json(unauthenticated) : answer();
  const me = () => new Response('me');
  const page = await openPage(
    { open: { '/graphql': graphql }, api: { 'GET /api/me': me } },
    'docs/recipes.md/graphql-errors.ts',
  );
  await page.signIn('Ada');
  page.server.takeAsked();
  const ask = (path = '/graphql') =>
    page.auth.authFetch(path, path === '/graphql' ? { method: 'POST', body: '{}' } : {});
  return { ...page, ask };
};

it('replays a call whose token a GraphQL server has refused with 200', async () => {
  const { ask, server } = await openGraphql(() => Response.json({ data: { name: 'Ada' } }));
  server.expireTokens();
  expect(await (await ask()).json()).toEqual({ data: { name: 'Ada' } });
  expect(server.asked).toEqual(['POST /graphql', 'POST /auth/refresh', 'POST /graphql']);
});

it.each([
  ['another error', () => Response.json(forbidden)],
  ['an error page', () => new Response('<!doctype html>', { status: 502 })],
])('does not refresh for %s', async (_what, answer) => {
  const { ask, server } = await openGraphql(answer);
  expect((await ask()).bodyUsed).toBe(false);
  expect(server.asked).toEqual(['POST /graphql']);
});

it('replays other calls after a 401, as ever', async () => {
  const { ask, server } = await openGraphql(() => new Response());
  server.expireTokens();
  expect(await (await ask('/api/me')).text()).toBe('me');
  expect(server.asked).toEqual(['GET /api/me', 'POST /auth/refresh', 'GET /api/me']);
});

it('shows why the guard belongs in front of tRPC: a batch hides the refusal of one of its calls', async () => {
  const t = initTRPC.create();
  const router = t.router({
    open: t.procedure.query(() => 'open'),
    closed: t.procedure.query(() => {
      throw new TRPCError({ code: 'UNAUTHORIZED' });
    }),
  });
  const request = new Request('http://localhost/trpc/open,closed?batch=1&input={}');
  const response = await fetchRequestHandler({ endpoint: '/trpc', req: request, router, createContext: () => ({}) });
  expect(response.status).toBe(207);
});

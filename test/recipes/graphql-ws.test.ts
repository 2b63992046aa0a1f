import { buildSchema, parse } from 'graphql';
import type { Client } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { expect, it, onTestFinished, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { authErrorOf } from '../../src/index.ts';
import type { Authority } from '../../src/server/index.ts';
import { openPage, recipe } from './page.ts';

const schema = buildSchema('type Query { name: String } type Subscription { name: String }');

/** A GraphQL server whose subscription says who is there, and goes on. */
const openSubscriptions = async () => {
  const server = new WebSocketServer({ noServer: true, handleProtocols: () => 'graphql-transport-ws' });
  const closed: number[] = [];
  let verify: Authority['verify'] | undefined;
  useServer<{ token: string }, { name?: unknown }>(
    {
      schema,
      onConnect: async ({ connectionParams, extra }) => {
        const claims = await verify?.(String(connectionParams?.token)).catch(() => undefined);
        extra.name = claims?.name;
        return claims !== undefined;
      },
      context: ({ extra }) => extra,
      onSubscribe: (_context, _id, { query }) => ({ schema, document: parse(query) }),
      subscribe: ({ contextValue }) =>
        (async function* () {
          yield { data: { name: (contextValue as { name: string }).name } };
          await new Promise(() => {});
        })(),
    },
    server,
  );
  const page = await openPage({
    onUpgrade: (check, request, connection, head) => {
      verify = check;
      server.handleUpgrade(request, connection, head, (socket) => {
        socket.on('close', (code) => closed.push(code));
        server.emit('connection', socket, request);
      });
    },
  });
  await page.signIn('Ada');
  page.server.takeAsked();
  const { subscriptions } = await recipe<{ subscriptions: Client }>('graphql-ws.ts');
  onTestFinished(() => void subscriptions.dispose());
  const subscribe = () => {
    const names: unknown[] = [];
    const failure = new Promise((resolve) => {
      const next = ({ data }: { data?: { name?: unknown } | null }) => void names.push(data?.name);
      subscriptions.subscribe({ query: 'subscription { name }' }, { next, error: resolve, complete: () => {} });
    });
    return { names, failure };
  };
  return { ...page, subscribe, closed, sockets: server.clients };
};

/** Skips the pauses that graphql-ws makes before it connects again. */
const skipPauses = () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
  onTestFinished(() => void vi.useRealTimers());
  return (settled: () => void) =>
    vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(500);
      settled();
    });
};

it('connects with the token', async () => {
  const { subscribe, server } = await openSubscriptions();
  const { names } = subscribe();
  await vi.waitFor(() => expect(names).toEqual(['Ada']));
  expect(server.asked).toEqual(['upgrade']);
});

it('connects again with a newer token where one is refused', async () => {
  const { subscribe, server, closed } = await openSubscriptions();
  server.expireTokens();
  const eventually = skipPauses();
  const { names } = subscribe();
  await vi.waitFor(() => expect(closed).toEqual([4403]));
  await eventually(() => expect(names).toEqual(['Ada']));
  expect(server.asked).toEqual(['upgrade', 'upgrade', 'POST /auth/refresh']);
});

it('goes on with a newer token when the server closes the connection because the token has expired', async () => {
  const { subscribe, server, sockets } = await openSubscriptions();
  const { names } = subscribe();
  await vi.waitFor(() => expect(names).toEqual(['Ada']));
  server.expireTokens();
  const eventually = skipPauses();
  for (const socket of sockets) socket.close(4403, 'Forbidden');
  await eventually(() => expect(names).toEqual(['Ada', 'Ada']));
  expect(server.asked).toEqual(['upgrade', 'upgrade', 'POST /auth/refresh']);
});

it('shows that the session has ended', async () => {
  const { subscribe, endSession, auth } = await openSubscriptions();
  await endSession();
  await auth.authFetch('/api/me', { auth: { relogin: 'reject' } }).catch(() => {});
  expect(authErrorOf(await subscribe().failure)?.code).toBe('unauthenticated');
});

it('ends the connection of a user who leaves, and connects as the next one', async () => {
  const { subscribe, signIn, server, closed } = await openSubscriptions();
  const { names } = subscribe();
  await vi.waitFor(() => expect(names).toEqual(['Ada']));
  const eventually = skipPauses();
  await signIn('Bob');
  await vi.waitFor(() => expect(closed).toHaveLength(1));
  await eventually(() => expect(names).toEqual(['Ada', 'Bob']));
  expect(server.asked).toEqual(['upgrade', 'POST /auth/login', 'upgrade']);
});

it('does not ask for a newer token than one of the user before', async () => {
  const { subscribe, signIn, server, closed } = await openSubscriptions();
  server.expireTokens();
  const eventually = skipPauses();
  const { names } = subscribe();
  await vi.waitFor(() => expect(closed).toEqual([4403]));
  await signIn('Bob');
  await eventually(() => expect(names).toEqual(['Bob']));
});

import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws';
import { authErrorOf } from '../../src/index.ts';
import { openPage, recipe } from './page.ts';
import type { AppServerOptions } from './server.ts';

/** A server whose socket wants a token as its first message, or a ticket in its address, and says who is there. */
const openLive = async () => {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Map<string, unknown>();
  /** How each connection ended. */
  const closed: number[] = [];
  const greet = (socket: ServerSocket, name: unknown) => {
    socket.on('close', (code) => closed.push(code));
    socket.send(String(name));
  };
  const options: AppServerOptions = {
    api: {
      'POST /api/tickets': (_request, { name }) => {
        const ticket = crypto.randomUUID();
        tickets.set(ticket, name);
        return Response.json({ ticket });
      },
    },
    onUpgrade: (verify, request, connection, head) =>
      server.handleUpgrade(request, connection, head, (socket) => {
        const ticket = new URL(String(request.url), 'http://localhost').searchParams.get('ticket');
        if (ticket !== null) {
          const name = tickets.get(ticket);
          if (tickets.delete(ticket)) greet(socket, name);
          else socket.close(4401);
          return;
        }
        socket.once('message', (message) => {
          const { token } = JSON.parse(String(message)) as { token: string };
          verify(token).then(
            ({ name }) => greet(socket, name),
            () => socket.close(4401),
          );
        });
      }),
  };
  const page = await openPage(options);
  await page.signIn('Ada');
  page.server.takeAsked();
  return { ...page, sockets: server.clients, closed };
};

describe('the recipe socket.ts', () => {
  const openListening = async (before: (page: Awaited<ReturnType<typeof openLive>>) => unknown = () => {}) => {
    const page = await openLive();
    await before(page);
    type Recipe = { listen(onMessage: (data: string) => void, signal: AbortSignal): Promise<void> };
    const { listen } = await recipe<Recipe>('socket.ts');
    const ending = new AbortController();
    onTestFinished(() => ending.abort());
    const messages: string[] = [];
    const outcome = listen((data) => void messages.push(data), ending.signal).then(
      () => 'ended',
      (error) => authErrorOf(error)?.code ?? error,
    );
    return { ...page, messages, outcome, abort: () => ending.abort() };
  };

  it('sends the token as the first message', async () => {
    const { messages, server } = await openListening();
    await vi.waitFor(() => expect(messages).toEqual(['Ada']));
    expect(server.asked).toEqual(['upgrade']);
  });

  it('connects again with a newer token where one is refused', async () => {
    const { messages, server } = await openListening(({ server }) => server.expireTokens());
    await vi.waitFor(() => expect(messages).toEqual(['Ada']));
    expect(server.asked).toEqual(['upgrade', 'POST /auth/refresh', 'upgrade']);
  });

  it('connects again when the server closes the socket because the token has expired', async () => {
    const { messages, server, sockets } = await openListening();
    await vi.waitFor(() => expect(messages).toEqual(['Ada']));
    server.expireTokens();
    for (const socket of sockets) socket.close(4401);
    await vi.waitFor(() => expect(messages).toEqual(['Ada', 'Ada']));
    expect(server.asked).toEqual(['upgrade', 'POST /auth/refresh', 'upgrade']);
  });

  it('connects again after a pause when the connection is lost', async () => {
    const { messages, server, sockets } = await openListening();
    await vi.waitFor(() => expect(messages).toEqual(['Ada']));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    onTestFinished(() => void vi.useRealTimers());
    for (const socket of sockets) socket.terminate();
    await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
    expect(server.asked).toEqual(['upgrade']);
    await vi.advanceTimersByTimeAsync(5000);
    await vi.waitFor(() => expect(messages).toEqual(['Ada', 'Ada']));
    expect(server.asked).toEqual(['upgrade', 'upgrade']);
  });

  it('waits for the sign-in when the session has ended', async () => {
    const { messages, held, signIn } = await openListening(({ endSession }) => endSession());
    await held(1);
    await signIn('Ada');
    await vi.waitFor(() => expect(messages).toEqual(['Ada']));
  });

  it('says that the session has ended', async () => {
    const { outcome, held, auth } = await openListening(({ endSession }) => endSession());
    await held(1);
    await auth.signOut();
    expect(await outcome).toBe('unauthenticated');
  });

  it('closes the socket of a user who leaves, if the signal is aborted then', async () => {
    const { messages, outcome, auth, abort, signIn, closed, server } = await openListening();
    auth.onUserLeft(abort);
    await vi.waitFor(() => expect(messages).toEqual(['Ada']));
    await signIn('Bob');
    expect(await outcome).toBe('ended');
    await vi.waitFor(() => expect(closed).toHaveLength(1));
    expect(server.asked).toEqual(['upgrade', 'POST /auth/login']);
  });
});

describe('the recipe ticket.ts', () => {
  const openTicket = async () => {
    const page = await openLive();
    const { openSocket } = await recipe<{ openSocket(): Promise<WebSocket> }>('ticket.ts');
    return { ...page, openSocket };
  };

  const next = (socket: WebSocket, type: 'message' | 'close') =>
    new Promise<MessageEvent & CloseEvent>((resolve) => {
      socket.addEventListener(type, (event) => resolve(event as MessageEvent & CloseEvent), { once: true });
    });

  it('opens a socket with a ticket for it, after a refresh if need be', async () => {
    const { openSocket, server } = await openTicket();
    server.expireTokens();
    const socket = await openSocket();
    expect((await next(socket, 'message')).data).toBe('Ada');
    socket.close();
    expect(server.asked).toEqual(['POST /api/tickets', 'POST /auth/refresh', 'POST /api/tickets', 'upgrade']);
  });

  it('has a ticket that is good once', async () => {
    const { openSocket } = await openTicket();
    const socket = await openSocket();
    await next(socket, 'message');
    socket.close();
    expect((await next(new WebSocket(socket.url), 'close')).code).toBe(4401);
  });
});

import { expect, it, onTestFinished, vi } from 'vitest';
import { authErrorOf } from '../../src/index.ts';
import { openPage, recipe } from './page.ts';

/** A server that streams what `send` is given, to whoever has asked last. */
const openEvents = async (before: (page: Awaited<ReturnType<typeof openPage>>) => unknown = () => {}) => {
  let stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  let isCancelled = false;
  const events = () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        stream = controller;
      },
      cancel: () => {
        isCancelled = true;
      },
    });
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
  };
  const page = await openPage({ api: { 'GET /api/events': events } });
  await page.signIn('Ada');
  page.server.takeAsked();
  await before(page);
  type Recipe = { readEvents(path: string, onData: (data: string) => void, signal: AbortSignal): Promise<void> };
  const { readEvents } = await recipe<Recipe>('events.ts');
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const received: string[] = [];
  const outcome = readEvents('/api/events', (data) => void received.push(data), ending.signal).then(
    () => 'ended',
    (error) => authErrorOf(error)?.code ?? error.name,
  );
  const encoder = new TextEncoder();
  return {
    ...page,
    received,
    outcome,
    abort: () => ending.abort(),
    isCancelled: () => isCancelled,
    send: async (...texts: string[]) => {
      await vi.waitFor(() => expect(stream).toBeDefined());
      for (const text of texts) {
        stream?.enqueue(encoder.encode(text));
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    end: () => {
      stream?.close();
      stream = undefined;
    },
  };
};

it('reads a stream with the token, after a refresh if need be', async () => {
  const { send, received, server } = await openEvents(({ server }) => server.expireTokens());
  await send('data: one\n\n');
  await vi.waitFor(() => expect(received).toEqual(['one']));
  expect(server.asked).toEqual(['GET /api/events', 'POST /auth/refresh', 'GET /api/events']);
});

it('reads events in whatever pieces and with whatever line ends they come', async () => {
  const { send, received } = await openEvents();
  await send(
    ': still here\n\n',
    'event: x\nid: 7\ndata: {"a":\ndata: 1}\n\nda',
    'ta:two\r\n\r',
    '\ndata: three\u2028\n\n',
  );
  await vi.waitFor(() => expect(received).toEqual(['{"a":\n1}', 'two', 'three\u2028']));
});

it('asks again when a stream has ended, with a token that is good then', async () => {
  const { send, end, received, server } = await openEvents();
  await send('data: one\n\n');
  await vi.waitFor(() => expect(received).toEqual(['one']));
  server.expireTokens();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
  onTestFinished(() => void vi.useRealTimers());
  end();
  await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
  await vi.advanceTimersByTimeAsync(1000);
  await send('data: two\n\n');
  await vi.waitFor(() => expect(received).toEqual(['one', 'two']));
  expect(server.asked).toEqual(['GET /api/events', 'GET /api/events', 'POST /auth/refresh', 'GET /api/events']);
});

it('waits for the sign-in when the session has ended, and says so if there is none', async () => {
  const { outcome, held, auth } = await openEvents(({ endSession }) => endSession());
  await held(1);
  await auth.signOut();
  expect(await outcome).toBe('unauthenticated');
});

it('closes the stream of a user who leaves, if the signal is aborted then', async () => {
  const { send, received, auth, abort, signIn, outcome, isCancelled, server } = await openEvents();
  auth.onUserLeft(abort);
  await send('data: one\n\n');
  await vi.waitFor(() => expect(received).toEqual(['one']));
  await signIn('Bob');
  expect(await outcome).toBe('AbortError');
  await vi.waitFor(() => expect(isCancelled()).toBe(true));
  expect(server.asked).toEqual(['GET /api/events', 'POST /auth/login']);
});

import { describe, expect, it } from 'vitest';
import { replayStreams } from '../../../src/requests/replay/replay-streams.ts';
import { refused, status } from './fake-server.ts';
import { atExpiry, outcome, signedInWorld, times } from './world.ts';

const bytes = async (request: Request | undefined): Promise<string> =>
  Buffer.from(await (request as Request).clone().arrayBuffer()).toString('latin1');

/** The bodies that arrive when the first answer is a 401 about the token. */
const arriving = async (init: RequestInit | Request) => {
  const { client, server } = await signedInWorld();
  server.next('/api', refused);
  const result =
    init instanceof Request
      ? await outcome(client.authFetch(init))
      : await outcome(client.authFetch('/api', { method: 'POST', ...init }));
  const asked = server.calls().map(({ request }) => request);
  return { result, server, asked, bodies: await Promise.all(asked.map(bytes)) };
};

const streamOf = (...chunks: string[]) =>
  new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const chunk = chunks.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(chunk));
    },
  });

describe('BB-10 bodies after a 401', () => {
  const view = new Uint8Array([0, 255, 13, 10, 128]);
  it.each([
    ['a text', () => 'ünïcode'],
    ['an empty text', () => ''],
    ['a Blob', () => new Blob([view], { type: 'image/png' })],
    ['URLSearchParams', () => new URLSearchParams({ a: '1 2', b: '&' })],
    ['an ArrayBuffer', () => view.buffer],
    ['a view', () => view.subarray(1, 3)],
  ])('arrive byte for byte: %s', async (_, make) => {
    const { result, asked, bodies } = await arriving({ body: make() as BodyInit });
    expect(result).toBe(200);
    expect(bodies).toHaveLength(2);
    expect(bodies[1]).toBe(bodies[0]);
    expect(bodies[0]).toBe(await bytes(new Request('https://x.test', { method: 'POST', body: make() as BodyInit })));
    expect(asked[1]?.headers.get('content-type')).toBe(asked[0]?.headers.get('content-type'));
  });

  it('arrive whole: FormData with a File', async () => {
    const form = new FormData();
    form.set('name', 'Ann');
    form.set('file', new File([view], 'photo.png', { type: 'image/png' }));
    const { result, asked } = await arriving({ body: form });
    expect(result).toBe(200);
    const [, second] = asked;
    const received = await (second as Request).formData();
    expect(received.get('name')).toBe('Ann');
    expect(new Uint8Array(await (received.get('file') as File).arrayBuffer())).toEqual(view);
    expect((received.get('file') as File).name).toBe('photo.png');
  });

  it('arrive byte for byte: a POST Request, as a POST with its headers', async () => {
    const request = new Request('https://app.example/api', {
      method: 'POST',
      body: 'of a request',
      headers: { 'X-Kept': 'yes', 'Content-Type': 'text/x-special' },
    });
    const { result, asked, bodies } = await arriving(request);
    expect(result).toBe(200);
    expect(bodies).toEqual(['of a request', 'of a request']);
    const [, second] = asked;
    expect([second?.method, second?.headers.get('x-kept'), second?.headers.get('content-type')]).toEqual([
      'POST',
      'yes',
      'text/x-special',
    ]);
  });

  it('arrive byte for byte: a small stream', async () => {
    const init = { body: streamOf('one ', 'two'), duplex: 'half' } as RequestInit;
    const { client, server } = await signedInWorld('ann', { client: { streams: replayStreams() } });
    const sent: string[] = [];
    server.next('/api', async (asked) => {
      sent.push(await asked.request.text());
      return refused(asked);
    });
    server.next('/api', async (asked) => {
      sent.push(await asked.request.text());
      return new Response('ok');
    });
    expect(await outcome(client.authFetch('/api', { method: 'POST', ...init }))).toBe(200);
    expect(sent).toEqual(['one two', 'one two']);
  });

  it('are not replayed if they are streams and the client has no `replayStreams()`: the 401 is the caller’s', async () => {
    const { client, server } = await signedInWorld();
    server.revokeTokens();
    const init = { method: 'POST', body: streamOf('one ', 'two'), duplex: 'half' } as RequestInit;
    expect((await client.authFetch('/api', init)).status).toBe(401);
    expect(server.calls()).toHaveLength(1);
  });

  it('are not replayed beyond the bound for streams: the 401 is the caller’s', async () => {
    const { client, server } = await signedInWorld('ann', { client: { streams: replayStreams({ maxBytes: 5 }) } });
    server.next('/api', async (asked) => {
      await asked.request.text();
      return refused(asked);
    });
    const init = { method: 'POST', body: streamOf('one ', 'two'), duplex: 'half' } as RequestInit;
    expect(await outcome(client.authFetch('/api', init))).toBe(401);
    expect(server.calls()).toHaveLength(1);
  });

  it('are let go of when the call is over', async () => {
    let cancelled = false;
    const body = new ReadableStream({
      cancel: () => {
        cancelled = true;
      },
    });
    const { client, server } = await signedInWorld();
    server.next('/api', status(204));
    await client.authFetch('/api', { method: 'POST', body, duplex: 'half' } as RequestInit);
    expect(cancelled).toBe(true);
  });

  it('are sent once only, though the call had to wait first', async () => {
    const { client, platform, server } = await atExpiry();
    const request = new Request('https://app.example/api', { method: 'POST', body: 'waited' });
    const call = client.authFetch(request);
    await platform.advance(100);
    expect(await outcome(call)).toBe(200);
    expect(await Promise.all(server.calls().map((asked) => bytes(asked.request)))).toEqual(['waited']);
  });

  it('reject as `fetch` does for a Request that is used up', async () => {
    const { client, server } = await signedInWorld();
    const request = new Request('https://app.example/api', { method: 'POST', body: 'x' });
    await request.text();
    expect(await outcome(client.authFetch(request))).toBe('TypeError');
    expect(server.calls()).toHaveLength(0);
  });
});

describe('what a caller hands in', () => {
  it('sends a Request as it was when the call was made', async () => {
    const { client, platform, server } = await atExpiry();
    const request = new Request('https://app.example/api', { method: 'POST', body: 'x' });
    const calls = times(1, () => client.authFetch(request));
    request.headers.set('x-late', '1');
    await platform.advance(100);
    await Promise.all(calls);
    expect(server.calls()[0]?.request.headers.has('x-late')).toBe(false);
  });

  it('uses a Request up within the call, as `fetch` does', async () => {
    const { client, platform } = await atExpiry();
    const request = new Request('https://app.example/api', { method: 'POST', body: 'x' });
    const call = outcome(client.authFetch(request));
    expect(request.bodyUsed).toBe(true);
    await platform.advance(100);
    expect(await call).toBe(200);
  });

  it('BB-14 keeps the referrer policy and the referrer of a Request', async () => {
    const { client, server } = await signedInWorld();
    await client.authFetch(new Request('https://app.example/api', { referrer: '', referrerPolicy: 'no-referrer' }));
    const [{ request } = {}] = server.calls();
    expect([request?.referrerPolicy, request?.referrer]).toEqual(['no-referrer', '']);
  });

  it('sends what `init` said when the call was made, whatever the caller does to it while the call waits', async () => {
    const { client, platform, server } = await atExpiry();
    const init: { method: string; body: string } = { method: 'POST', body: '' };
    const calls = times(3, (n) => {
      init.body = `body ${n}`;
      return client.authFetch('/api', init);
    });
    await platform.advance(100);
    await Promise.all(calls);
    expect(await Promise.all(server.calls().map(({ request }) => request.text()))).toEqual([
      'body 0',
      'body 1',
      'body 2',
    ]);
  });

  it('sends to the URL that the call was made with, whatever the caller does to the object while the call waits', async () => {
    const { client, platform, server } = await atExpiry();
    const url = new URL('https://app.example/api');
    const calls = times(3, (n) => {
      url.searchParams.set('page', String(n));
      return client.authFetch(url);
    });
    await platform.advance(100);
    await Promise.all(calls);
    expect(server.calls().map((asked) => asked.url.search)).toEqual(['?page=0', '?page=1', '?page=2']);
  });

  it('is never changed: Headers, Request and init', async () => {
    const { client, server } = await signedInWorld();
    server.next('/api', refused);
    const headers = new Headers({ 'X-A': '1' });
    const init = Object.freeze({ method: 'POST', headers, body: 'x' });
    const request = new Request('https://app.example/api', { headers });
    await client.authFetch('/api', init);
    await client.authFetch(request);
    await client.authFetch('/api', Object.freeze({ headers: Object.freeze({ 'x-b': '2' }), auth: {} }));
    expect([...headers]).toEqual([['x-a', '1']]);
    expect([...request.headers]).toEqual([['x-a', '1']]);
    expect(Object.keys(init)).toEqual(['method', 'headers', 'body']);
  });

  it('BB-14 reaches `fetch` whole, but for `auth`', async () => {
    const { client, server } = await signedInWorld();
    const options: RequestInit = {
      method: 'PATCH',
      cache: 'reload',
      credentials: 'omit',
      integrity: 'sha256-x',
      keepalive: true,
      mode: 'same-origin',
      redirect: 'manual',
      referrerPolicy: 'origin',
    };
    await client.authFetch('/api', { ...options, auth: { token: 'required' } });
    const [{ request } = {}] = server.calls();
    expect(Object.fromEntries(Object.keys(options).map((name) => [name, Reflect.get(request ?? {}, name)]))).toEqual(
      options,
    );
  });

  it('BB-14 gets the very Response that `fetch` gave', async () => {
    const { client, server } = await signedInWorld();
    const response = new Response('mine');
    server.next('/api', () => response);
    expect(await client.authFetch('/api')).toBe(response);
  });
});

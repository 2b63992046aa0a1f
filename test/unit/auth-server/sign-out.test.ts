import { describe, expect, it } from 'vitest';
import { createAuthRequest } from '../../../src/auth-server/auth-request.ts';
import { sendSignOut } from '../../../src/auth-server/sign-out.ts';
import { createRequestQueue } from '../../../src/tabs/request-queue.ts';
import { createFakePlatform, flush } from '../fake-platform.ts';

const createFixture = (answer: () => Response | Promise<Response>, isDemanded = true) => {
  const sent: RequestInit[] = [];
  const platform = createFakePlatform(async (_, init = {}) => {
    sent.push(init);
    return answer();
  });
  const enqueue = createRequestQueue(platform.clock, 60_000);
  const sendAuthRequest = createAuthRequest(platform, { client: 'X-Auth-Client', idempotencyKey: 'Idempotency-Key' });
  const signOut = (sid?: string) => sendSignOut(sendAuthRequest, '/auth/logout', enqueue, sid, () => isDemanded);
  return { platform, sent, signOut, enqueue };
};

const done = () => new Response(null, { status: 204 });

describe('a sign-out', () => {
  it('names the session, and outlives the page', async () => {
    const { signOut, sent } = createFixture(done);
    await signOut('s1');
    expect(sent).toMatchObject([{ method: 'POST', body: '{"sid":"s1"}', keepalive: true, credentials: 'include' }]);
    expect(sent[0]?.headers).toMatchObject({ 'Content-Type': 'application/json' });
  });

  it('without a name has no body, and no type of one', async () => {
    const { signOut, sent } = createFixture(done);
    await signOut();
    expect(sent[0]).not.toHaveProperty('body');
    expect(sent[0]?.headers).not.toHaveProperty('Content-Type');
  });

  it('without a name is not sent once it is not wanted, and what came of it is unknown', async () => {
    const { signOut, sent } = createFixture(done, false);
    await expect(signOut()).resolves.toEqual({ is: 'unknown' });
    expect(sent).toEqual([]);
  });

  it('by name is sent, whoever has signed in since', async () => {
    const { signOut } = createFixture(done, false);
    await expect(signOut('s1')).resolves.toEqual({ is: 'confirmed' });
  });

  it.each([
    [200, 'confirmed'],
    [204, 'confirmed'],
    [401, 'confirmed'],
    [400, 'refused'],
    [403, 'refused'],
    [404, 'refused'],
    [405, 'refused'],
    [410, 'refused'],
    [431, 'refused'],
    [501, 'refused'],
    [408, 'unknown'],
    [429, 'unknown'],
    [500, 'unknown'],
    [503, 'unknown'],
  ])('that is answered %i is %s', async (status, outcome) => {
    const { signOut } = createFixture(() => new Response(null, { status }));
    await expect(signOut('s1')).resolves.toMatchObject({ is: outcome });
  });

  it.each<{ by: string; status: number; body?: string; headers?: Record<string, string> }>([
    { by: 'a proxy', status: 401, headers: { 'www-authenticate': 'Basic realm="proxy"' } },
    { by: 'a proxy', status: 401, headers: { 'www-authenticate': 'Negotiate' } },
    { by: 'a captive portal', status: 200, body: '<html></html>', headers: { 'content-type': 'text/html' } },
    { by: 'a captive portal', status: 401, body: '<html></html>' },
    { by: 'a page of no type', status: 200, body: '\n<!doctype html>' },
    { by: 'a firewall', status: 403, body: '<html></html>' },
    { by: 'a proxy that shows its redirect', status: 302, headers: { location: '/' } },
    { by: 'something that is neither JSON nor empty', status: 200, body: 'OK' },
    { by: 'an empty page', status: 200, body: '', headers: { 'content-type': 'text/html', 'content-length': '0' } },
    { by: 'a page of blanks', status: 200, body: ' ', headers: { 'content-type': 'text/html' } },
    { by: 'a text', status: 200, body: 'OK', headers: { 'content-type': 'text/plain' } },
  ])('that is answered $status by $by proves nothing (C-1)', async ({ status, body, headers = {} }) => {
    const { signOut } = createFixture(() => new Response(body, { status, headers }));
    await expect(signOut('s1')).resolves.toEqual({ is: 'doubtful', status });
  });

  it('gives the JSON of the answer (C-28)', async () => {
    const { signOut } = createFixture(() => Response.json({ logoutUrl: 'https://idp.example/logout' }));
    await expect(signOut('s1')).resolves.toEqual({
      is: 'confirmed',
      body: { logoutUrl: 'https://idp.example/logout' },
    });
  });

  it.each([
    { type: 'application/json', body: '"bye"', expected: { is: 'confirmed', body: 'bye' } },
    { type: 'application/problem+json', body: '"bye"', expected: { is: 'confirmed', body: 'bye' } },
    { type: 'text/plain', body: '{"bye":true}', expected: { is: 'confirmed', body: { bye: true } } },
    { type: 'text/plain', body: '"bye"', expected: { is: 'doubtful', status: 200 } },
  ])('that is answered $body as $type is $expected.is', async ({ type, body, expected }) => {
    const { signOut } = createFixture(() => new Response(body, { headers: { 'content-type': type } }));
    await expect(signOut('s1')).resolves.toEqual(expected);
  });

  it.each([
    { what: 'will not be final', status: 503, type: 'application/json' },
    { what: 'has no type', status: 200, type: undefined },
  ])('whose answer $what gives up its body', async ({ status, type }) => {
    const cancelled: true[] = [];
    const stream = new ReadableStream({ cancel: () => void cancelled.push(true) });
    const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
    const { signOut } = createFixture(() => new Response(stream, { status, headers }));
    await signOut('s1');
    expect(cancelled).toEqual([true]);
  });

  it('that is answered with nothing, whatever it is called, is confirmed', async () => {
    const headers = { 'content-type': 'text/plain', 'content-length': '0' };
    const { signOut } = createFixture(() => new Response('', { headers }));
    await expect(signOut('s1')).resolves.toEqual({ is: 'confirmed' });
  });

  it('that is answered 204 is confirmed, though the browser gives it a body', async () => {
    const response = Object.defineProperty(new Response(null, { status: 204 }), 'body', {
      value: new ReadableStream(),
    });
    const { signOut } = createFixture(() => response);
    await expect(signOut('s1')).resolves.toEqual({ is: 'confirmed' });
  });

  it('whose answer breaks off is unknown', async () => {
    const stream = new ReadableStream({ start: (controller) => controller.error(new TypeError('broken')) });
    const { signOut } = createFixture(() => new Response(stream, { headers: { 'content-type': 'application/json' } }));
    await expect(signOut('s1')).resolves.toEqual({ is: 'unknown' });
  });

  it('that is redirected proves nothing, and is not followed (C-1)', async () => {
    const redirect = Object.defineProperty(Response.error(), 'type', { value: 'opaqueredirect' });
    const { signOut, sent } = createFixture(() => redirect);
    await expect(signOut('s1')).resolves.toEqual({ is: 'doubtful', status: 0 });
    expect(sent[0]?.redirect).toBe('manual');
  });

  it('that gets no answer is unknown, and does not reject', async () => {
    const { signOut } = createFixture(() => Promise.reject(new TypeError('offline')));
    await expect(signOut('s1')).resolves.toEqual({ is: 'unknown' });
  });

  it('by name is sent within the call, whatever is under way', () => {
    const { signOut, sent, enqueue } = createFixture(done);
    void enqueue(() => new Promise(() => {}), 0);
    void signOut('s1');
    expect(sent).toHaveLength(1);
  });

  it('without a name waits for the refresh under way, so that it meets the cookie that is left', async () => {
    const { signOut, sent, enqueue } = createFixture(done);
    let end = () => {};
    void enqueue(() => new Promise<void>((resolve) => (end = resolve)), 0);
    const waiting = signOut();
    await flush();
    expect(sent).toHaveLength(0);
    end();
    await expect(waiting).resolves.toEqual({ is: 'confirmed' });
  });

  it('without a name waits 2 s at most', async () => {
    const { signOut, sent, enqueue, platform } = createFixture(done);
    void enqueue(() => new Promise(() => {}), 0);
    const waiting = signOut();
    await platform.advance(1999);
    expect(sent).toHaveLength(0);
    await platform.advance(1);
    await expect(waiting).resolves.toEqual({ is: 'confirmed' });
  });

  it('leaves no timer behind', async () => {
    const { signOut, platform } = createFixture(done);
    await signOut('s1');
    await flush();
    expect(platform.timers()).toBe(0);
  });

  it('cancels the body that nobody reads', async () => {
    let cancelled = false;
    const stream = new ReadableStream({
      cancel: () => {
        cancelled = true;
      },
    });
    const { signOut } = createFixture(() => new Response(stream));
    await signOut('s1');
    expect(cancelled).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { bodyOf } from '../../../../src/requests/replay/request-body.ts';
import { refused } from '../../client/fake-server.ts';
import { atExpiry, outcome, signedInWorld } from '../../client/world.ts';

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** The bodies that reach `fetch`, as they are. */
const bodiesOf = (platform: { fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> }): unknown[] => {
  const bodies: unknown[] = [];
  const { fetch } = platform;
  platform.fetch = (input, init) => {
    if (init?.body && typeof init.body !== 'string') bodies.push(init.body);
    return fetch(input, init);
  };
  return bodies;
};

describe('a buffer', () => {
  it('is sent as it is if the token is at hand (C-39)', async () => {
    const { client, platform } = await signedInWorld();
    const bodies = bodiesOf(platform);
    const buffer = bytes('large').buffer;
    const view = bytes('large').subarray(1, 3);
    await client.authFetch('/api', { method: 'POST', body: buffer });
    await client.authFetch('/api', { method: 'POST', body: view });
    expect(bodies[0]).toBe(buffer);
    expect(bodies[1]).toBe(view);
  });

  it('is copied if the call waits for its token (C-39)', async () => {
    const { client, platform, server } = await atExpiry();
    const body = bytes('as it was');
    const call = outcome(client.authFetch('/api', { method: 'POST', body }));
    body.fill(0);
    await platform.advance(100);
    expect(await call).toBe(200);
    expect(await server.calls()[0]?.request.text()).toBe('as it was');
  });

  it('is copied if the call waits for a newer token (C-39)', async () => {
    const { client, platform, server } = await signedInWorld();
    const body = bytes('as it was');
    server.next('/api', refused);
    server.next('/auth/refresh', server.late(100));
    const call = outcome(client.authFetch('/api', { method: 'POST', body }));
    await platform.advance(50);
    body.fill(0);
    await platform.advance(100);
    expect(await call).toBe(200);
    expect(await server.calls()[1]?.request.text()).toBe('as it was');
  });

  it('that is large and was handed over meanwhile is not sent again: the 401 is the caller’s (C-39)', async () => {
    const { client, server } = await signedInWorld();
    const buffer = new ArrayBuffer(1_000_000);
    server.next('/api', refused);
    const call = outcome(client.authFetch('/api', { method: 'POST', body: buffer }));
    structuredClone(buffer, { transfer: [buffer] });
    expect(await call).toBe(401);
    expect(server.calls()).toHaveLength(1);
  });

  it('that is large is not copied before the call waits, and once then (C-39)', () => {
    const buffer = new ArrayBuffer(1_000_000);
    const body = bodyOf(buffer);
    expect([body.first(), body.again()]).toEqual([buffer, buffer]);
    expect(body.again()).toBe(buffer);
    body.keep();
    const copy = body.first();
    expect(copy).not.toBe(buffer);
    body.keep();
    expect([body.first() === copy, body.again() === copy]).toEqual([true, true]);
  });

  it.each([
    { size: 65_536, isCopied: true },
    { size: 65_537, isCopied: false },
  ])('of $size bytes is copied for the replay at once: $isCopied (C-39)', ({ size, isCopied }) => {
    const buffer = new ArrayBuffer(size);
    const body = bodyOf(buffer);
    expect([body.first() === buffer, body.again() !== buffer]).toEqual([true, isCopied]);
  });

  it('that is small is replayed as it was, though it was changed before the 401 came', async () => {
    const { client, server } = await signedInWorld();
    const body = bytes('as it was');
    server.next('/api', refused);
    const call = outcome(client.authFetch('/api', { method: 'POST', body }));
    body.fill(0);
    expect(await call).toBe(200);
    expect(await server.calls()[1]?.request.text()).toBe('as it was');
  });
});

describe('a form', () => {
  it('is sent again as it was, though it was changed as soon as the call was made', async () => {
    const { client, server } = await signedInWorld();
    server.next('/api', refused);
    const body = new URLSearchParams({ page: '1' });
    const call = outcome(client.authFetch('/api', { method: 'POST', body }));
    body.set('page', '2');
    expect(await call).toBe(200);
    expect(await Promise.all(server.calls().map(({ request }) => request.text()))).toEqual(['page=1', 'page=1']);
  });
});

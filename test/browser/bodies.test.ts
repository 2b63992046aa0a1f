import { describe, expect } from 'vitest';
import { eventually } from './harness/eventually.ts';
import { gate } from './harness/faults.ts';
import type { Seen } from './harness/log.ts';
import type { TestServer } from './harness/server.ts';
import { test, type World } from './harness/world.ts';

type Sends = (url: string) => Promise<Response>;

/** Every kind of body, as the page sends it. The functions run in the page. */
const kinds: readonly (readonly [kind: string, sends: Sends, expected?: string])[] = [
  [
    'a string',
    (url) => window.auth.authFetch(url, { method: 'POST', body: 'grüße \u{1f40d}\r\n' }),
    'grüße \u{1f40d}\r\n',
  ],
  [
    'a URLSearchParams',
    (url) => window.auth.authFetch(url, { method: 'POST', body: new URLSearchParams({ a: 'ä b', c: '&' }) }),
    'a=%C3%A4+b&c=%26',
  ],
  [
    'a FormData with a File',
    (url) => {
      const body = new FormData();
      body.append('text', 'line 1\r\nline 2');
      body.append('file', new File([new Uint8Array([0, 255, 13, 10, 128])], 'ä "b".bin', { type: 'image/x-test' }));
      return window.auth.authFetch(url, { method: 'PUT', body });
    },
  ],
  [
    'a Blob',
    (url) => window.auth.authFetch(url, { method: 'POST', body: new Blob(['\0\x01blob'], { type: 'image/x-test' }) }),
    '\0\x01blob',
  ],
  [
    'an ArrayBuffer',
    (url) => window.auth.authFetch(url, { method: 'POST', body: new TextEncoder().encode('buffer').buffer }),
    'buffer',
  ],
  [
    'a view of a part of a buffer',
    (url) => {
      const { buffer } = new TextEncoder().encode('a part of it');
      return window.auth.authFetch(url, { method: 'PATCH', body: new Uint8Array(buffer, 2, 4) });
    },
    'part',
  ],
  [
    'a Request',
    (url) => {
      const headers = { 'Content-Type': 'application/json', 'X-Mine': '1' };
      return window.auth.authFetch(new Request(url, { method: 'PUT', headers, body: '{"a":1}' }));
    },
    '{"a":1}',
  ],
  [
    'a Request with a FormData',
    (url) => {
      const body = new FormData();
      body.append('file', new File(['0'.repeat(100_000)], 'large.bin'));
      return window.auth.authFetch(new Request(url, { method: 'POST', body }));
    },
  ],
  [
    'a Request whose body is given apart',
    (url) => {
      const request = new Request(url, { method: 'POST', body: 'not this' });
      return window.auth.authFetch(request, { body: 'but this' });
    },
    'but this',
  ],
  ['no body', (url) => window.auth.authFetch(url, { method: 'DELETE' }), ''],
];

/** The bytes of a body; of a form, without the boundary, which the browser draws anew for each sending. */
const bytesOf = ({ headers, body }: Seen): string => {
  const boundary = /boundary=(.+)$/.exec(headers['content-type'] ?? '')?.[1];
  const bytes = body.toString('latin1');
  return boundary === undefined ? bytes : bytes.replaceAll(boundary, 'boundary');
};

const twins = (server: TestServer): readonly [Seen, Seen] => {
  const [first, second, ...more] = server.log.of('/api/once-401');
  expect(more).toEqual([]);
  if (first === undefined || second === undefined) throw new Error('There were fewer than two calls.');
  return [first, second];
};

const expectTwins = (server: TestServer, expected?: string) => {
  const [first, second] = twins(server);
  expect([first.status, second.status]).toEqual([401, 200]);
  expect(bytesOf(second)).toBe(bytesOf(first));
  expect(second.method).toBe(first.method);
  const { authorization: _, cookie: __, 'content-type': type = '', ...rest } = first.headers;
  expect(second.headers).toMatchObject(rest);
  expect(second.headers['content-type'] ?? '').toContain(type.replace(/boundary=.*/, ''));
  if (expected !== undefined) expect(second.body.toString()).toBe(expected);
  else expect(second.body.length).toBeGreaterThan(100);
};

/** Sends in the page what a function of this file makes. */
const send = ({ page }: World, sends: Sends, url = '/api/once-401') =>
  page.evaluate(`window.outcomeOf(() => (${sends})(${JSON.stringify(url)}))`);

describe.concurrent('BB-10: after a 401', () => {
  test.for(kinds)('%s arrives byte for byte as it was', async ([, sends, expected], { open }) => {
    const world = await open({ user: 'ann' });
    expect(await send(world, sends)).toMatchObject({ status: 200 });
    expectTwins(world.server, expected);
  });
});

describe('BB-11: a stream', () => {
  test('sent over HTTP/2 arrives byte for byte as it was after a 401', async ({ open }) => {
    const world = await open({ user: 'ann', tls: true });
    const sends: Sends = (url) => {
      const parts = ['one ', 'two ', 'three'].map((text) => new TextEncoder().encode(text));
      const body = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          const part = parts.shift();
          if (part === undefined) controller.close();
          else controller.enqueue(part);
        },
      });
      return window.auth.authFetch(url, { method: 'POST', body, duplex: 'half' } as RequestInit);
    };
    expect(await send(world, sends)).toMatchObject({ status: 200 });
    const [first, second] = twins(world.server);
    expect(first.body.toString()).toBe('one two three');
    expect(second.body.toString()).toBe('one two three');
  });

  test('longer than the bound is sent in bounded memory, and its 401 is the answer', async ({ open }) => {
    const world = await open({ user: 'ann', tls: true });
    const { heldBytes, outcome } = await sendLong(world, 'init');
    expect(heldBytes).toBeLessThan(16 * mebibyte);
    expect(outcome).toMatchObject({ status: 401 });
    expect(world.server.log.of('/api/once-401').map(({ status, body }) => [status, body.length])).toEqual([
      [401, 48 * mebibyte],
    ]);
    // The refused token is replaced for the calls to come.
    await eventually(() => expect(world.server.log.refreshes()).toHaveLength(2));
    expect(await world.call('/api/echo')).toMatchObject({ status: 200 });
  });

  test('inside of a Request is sent in bounded memory, too', async ({ open }) => {
    const world = await open({ user: 'ann', tls: true });
    const { heldBytes, outcome } = await sendLong(world, 'request');
    expect(heldBytes).toBeLessThan(16 * mebibyte);
    expect(outcome).toMatchObject({ status: 401 });
  });
});

const mebibyte = 2 ** 20;

/** Sends 48 MiB, and says how much the page holds in buffers when the server has them all and has not answered. */
const sendLong = async ({ page, context, server }: World, way: 'init' | 'request') => {
  const answer = gate();
  server.faults.next('/api/once-401', { after: answer.pass });
  const outcome = page.evaluate((how) => {
    let left = 48;
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          if (left-- === 0) controller.close();
          else controller.enqueue(new Uint8Array(2 ** 20).fill(left));
        },
      },
      { highWaterMark: 0 },
    );
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
    return window.outcomeOf(() =>
      how === 'init'
        ? window.auth.authFetch('/api/once-401', init)
        : window.auth.authFetch(new Request('/api/once-401', init)),
    );
  }, way);
  await eventually(() => expect(server.log.of('/api/once-401')).toHaveLength(1));
  const devtools = await context.newCDPSession(page);
  await devtools.send('HeapProfiler.collectGarbage');
  const { backingStorageSize } = await devtools.send('Runtime.getHeapUsage');
  answer.open();
  return { heldBytes: backingStorageSize, outcome: await outcome };
};

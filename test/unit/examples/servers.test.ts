import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createApp as createExpressApp } from '../../../examples/express/app.ts';
import { createUsers } from '../../../examples/express/users.ts';
import { createApp as createHonoApp } from '../../../examples/hono/app.ts';

const hashes = vi.hoisted(() => vi.fn());
vi.mock(import('node:crypto'), async (original) => {
  const actual = await original();
  const scrypt = (...given: Parameters<typeof actual.scrypt>) => {
    hashes(given[1], given[3]);
    // The cost is not what is tested here.
    actual.scrypt(given[0], given[1], given[2], { N: 2 }, given[4]);
  };
  return { ...actual, scrypt: scrypt as typeof actual.scrypt };
});

afterEach(() => hashes.mockClear());

const credentials = { name: 'ada', password: 'analytical engine' };

async function start(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const post = (path: string, body?: object, cookie = '') =>
    fetch(origin + path, {
      method: 'POST',
      headers: { Origin: origin, 'X-Auth-Client': '1', 'Content-Type': 'application/json', Cookie: cookie },
      body: body === undefined ? null : JSON.stringify(body),
    });
  return { origin, post };
}

const examples: [name: string, listener: (log: (line: string) => void) => Promise<RequestListener>][] = [
  ['Express', (log) => createExpressApp(log)],
  [
    'Hono',
    async (log) => {
      const listener = getRequestListener((await createHonoApp(log)).fetch);
      return (request, response) => void listener(request, response);
    },
  ],
];

describe.each(examples)('the %s example', (_name, listenerWith) => {
  it('signs in, answers its call, refreshes and signs out', async () => {
    const lines: string[] = [];
    const { origin, post } = await start(await listenerWith((line) => void lines.push(line)));
    const signedIn = await post('/auth/login', credentials);
    const [cookie = ''] = signedIn.headers.getSetCookie().map((each) => each.split(';')[0]);
    const { access_token, sid } = await signedIn.json();
    const headers = { Authorization: `Bearer ${access_token}` };
    expect(await (await fetch(`${origin}/api/me`, { headers })).json()).toEqual({ id: '1', name: 'ada' });
    expect(await (await post('/auth/refresh', undefined, cookie)).json()).toMatchObject({ sid, seq: 2 });
    expect((await post('/auth/logout', { sid }, cookie)).status).toBe(204);
    expect((await fetch(`${origin}/api/me`, { headers })).status).toBe(401);
    expect(lines.map((line) => JSON.parse(line).type)).toEqual([
      'signed-in',
      'refreshed',
      'signed-out',
      'token-refused',
    ]);
  });

  it('throttles guesses, and answers what is no name and password with 401', async () => {
    const { post } = await start(await listenerWith(() => undefined));
    for (const odd of [{}, { name: 7, password: null }, { name: { toString: 1 } }]) {
      expect((await post('/auth/login', odd)).status).toBe(401);
    }
    const statuses: number[] = [];
    for (let n = 0; n < 6; n += 1)
      statuses.push((await post('/auth/login', { ...credentials, password: `${n}` })).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  });
});

describe("the examples' users", () => {
  it('AUTH-1 cost one hash each, of the same cost, whether there is one of that name or not', async () => {
    const users = await createUsers();
    hashes.mockClear();
    await users.authenticate('ada', 'wrong');
    await users.authenticate('nobody', 'wrong');
    const [known, unknown, ...others] = hashes.mock.calls.map(([salt, cost]) => ({ salt: salt.length, cost }));
    expect([known, others]).toEqual([unknown, []]);
    expect(known).toMatchObject({ salt: 16, cost: { N: 65_536 } });
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { createDemo } from '../../../demo/server/demo.ts';
import { deviceName } from '../../../demo/server/device-name.ts';

const URL_ = 'http://localhost:5173';

const demo = await createDemo();
afterAll(() => demo.close());

const ask = async (path: string, init: RequestInit = {}) => demo.app.fetch(new Request(URL_ + path, init));

/** A browser of a user who signs in. Not by a password, whose hashes take their time. */
async function signIn(id: string, userAgent: string) {
  const request = new Request(`${URL_}/`, { headers: { 'User-Agent': userAgent } });
  const { access_token, sid } = await (await demo.authority.signIn({ id }, request)).json();
  const headers = { Authorization: `Bearer ${access_token}` };
  return {
    sid: sid as string,
    devices: async () => (await (await ask('/api/devices', { headers })).json()).devices as object[],
    post: async (path: string) => (await ask(`/api/devices${path}`, { method: 'POST', headers })).status,
    status: async () => (await ask('/api/notes', { headers })).status,
  };
}

describe('the devices of the demo', () => {
  it('REV-8 are the sessions of the user who asks, with the name of the device, and which one asks', async () => {
    const [ada, grace] = [randomUUID(), randomUUID()];
    const here = await signIn(ada, 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0');
    await signIn(grace, 'x');
    const there = await signIn(ada, 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1');
    const times = { createdAt: expect.any(Number), lastUsedAt: expect.any(Number) };
    const listed = await here.devices();
    expect(listed).toHaveLength(2);
    expect(listed).toContainEqual({ sid: here.sid, device: 'Firefox on Linux', isThisOne: true, ...times });
    expect(listed).toContainEqual({ sid: there.sid, device: 'Safari on iOS', isThisOne: false, ...times });
  });

  it('REV-8 are ended one by one, and only by their user', async () => {
    const [ada, grace] = [randomUUID(), randomUUID()];
    const [here, there, stranger] = [await signIn(ada, 'a'), await signIn(ada, 'b'), await signIn(grace, 'c')];
    expect(await here.post(`/${stranger.sid}/end`)).toBe(404);
    expect(await stranger.status()).toBe(200);
    expect(await here.post(`/${there.sid}/end`)).toBe(204);
    expect(await there.status()).toBe(401);
    expect(await here.post(`/${there.sid}/end`)).toBe(404);
    expect(await here.status()).toBe(200);
  });

  it('REV-9 are ended all at once but for the one that asks', async () => {
    const [ada, grace] = [randomUUID(), randomUUID()];
    const [here, there, elsewhere] = [await signIn(ada, 'a'), await signIn(ada, 'b'), await signIn(ada, 'c')];
    const stranger = await signIn(grace, 'd');
    expect(await here.post('/end-others')).toBe(204);
    expect(await Promise.all([here, there, elsewhere, stranger].map(({ status }) => status()))).toEqual([
      200, 401, 401, 200,
    ]);
  });
});

describe('the name of a device', () => {
  it.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0',
      'Edge on Windows',
    ],
    ['Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/150.0 Mobile Safari/537.36', 'Chrome on Android'],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15',
      'Safari on macOS',
    ],
    ['curl/8.0', 'A browser'],
    ['', 'A browser'],
  ])('says browser and system: %s', (userAgent, name) => {
    expect(deviceName(userAgent)).toBe(name);
  });
});

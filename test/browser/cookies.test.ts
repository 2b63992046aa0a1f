import type { Cookie } from 'playwright';
import { describe, expect } from 'vitest';
import { test, type World, type WorldOptions } from './harness/world.ts';

interface Profile {
  readonly name: string;
  readonly options: WorldOptions;
  readonly cookies: readonly (Partial<Cookie> & { readonly name: string })[];
  /** Whether the cookie goes along with calls of the API. */
  readonly goesEverywhere: boolean;
}

const strict = { httpOnly: true, sameSite: 'Strict' } as const;
const profiles: readonly Profile[] = [
  {
    name: 'dev',
    options: {},
    cookies: [{ ...strict, name: 'refresh', path: '/', secure: false }],
    goesEverywhere: true,
  },
  {
    name: 'host',
    options: { tls: true },
    cookies: [{ ...strict, name: '__Host-refresh', path: '/', secure: true }],
    goesEverywhere: true,
  },
  {
    name: 'path',
    options: { tls: true, cookie: { profile: 'path' } },
    cookies: [
      { ...strict, name: '__Host-refresh-binder', path: '/', secure: true },
      { ...strict, name: '__Secure-refresh', path: '/auth', secure: true },
    ],
    goesEverywhere: false,
  },
];

const jar = async ({ context }: World) =>
  (await context.cookies()).sort((one, other) => one.name.localeCompare(other.name));

const refreshCookie = async (world: World) => (await jar(world)).at(-1)?.value;

describe.concurrent.for(profiles)(
  'CK-1, CK-2, CK-3: the cookie of the $name profile',
  ({ options, cookies, goesEverywhere }) => {
    test('is accepted with its attributes, is sent, and is hidden from script', async ({ open }) => {
      const world = await open({ user: 'ann', ...options });
      const found = await jar(world);
      expect(found).toMatchObject(cookies);
      expect(found).toHaveLength(cookies.length);
      const days = 86_400;
      for (const { domain, expires, name, value } of found) {
        expect(domain).toBe('localhost');
        expect(expires - Date.now() / 1000).toBeGreaterThan(13 * days);
        expect(expires - Date.now() / 1000).toBeLessThan(15 * days);
        // CK-7
        expect(name.length + value.length).toBeLessThan(512);
      }
      expect(await world.refresh()).toMatchObject({ status: 200 });
      expect(world.server.log.refreshes().at(-1)?.headers.cookie).toContain(`${cookies.at(-1)?.name}=`);
      expect(await world.page.evaluate(() => document.cookie)).toBe('');
      expect(await world.page.evaluate(async () => ('cookieStore' in window ? cookieStore.getAll() : []))).toEqual([]);
      expect(await world.call('/api/echo')).toMatchObject({ status: 200 });
      const sent = world.server.log.of('/api/echo')[0]?.headers.cookie ?? '';
      expect(sent.includes(`${cookies.at(-1)?.name}=`)).toBe(goesEverywhere);
    });

    test('is one alone after many rotations, a new value each time, and none after a sign-out (CK-9)', async ({
      open,
    }) => {
      const world = await open({ user: 'ann', ...options });
      const values = new Set([await refreshCookie(world)]);
      for (let count = 1; count <= 5; count++) {
        expect(await world.refresh()).toMatchObject({ status: 200 });
        expect((await jar(world)).map(({ name }) => name)).toEqual(cookies.map(({ name }) => name));
        values.add(await refreshCookie(world));
      }
      expect(values.size).toBe(6);
      expect(await world.signOut()).toEqual({ confirmed: true });
      expect(await jar(world)).toEqual([]);
    });

    test('keeps the session over a reload', async ({ open }) => {
      const world = await open({ user: 'ann', ...options });
      await world.reload();
      await world.start();
      expect(await world.known()).toMatchObject({ status: 'authenticated' });
    });

    test('CK-8: opens nothing once the server says that the session has ended', async ({ open }) => {
      const world = await open({ user: 'ann', ...options, idleTimeoutMs: 86_400_000 });
      const session = world.server.events.find(({ type }) => type === 'signed-in');
      await world.server.authority.endSession(session !== undefined && 'sid' in session ? String(session.sid) : '');
      await world.reload();
      await world.start();
      expect(await world.known()).toMatchObject({ status: 'unauthenticated', reason: 'expired' });
    });
  },
);

describe.concurrent('CK-3: Chromium', () => {
  test.for([
    ['__Host-a=1; Secure; HttpOnly; SameSite=Strict; Path=/', true],
    ['__Host-a=1; Secure; HttpOnly; SameSite=Strict; Path=/auth', false],
    ['__Host-a=1; HttpOnly; SameSite=Strict; Path=/', false],
    ['__Host-a=1; Secure; HttpOnly; Domain=app.demo.test; Path=/', false],
    ['__Secure-a=1; Secure; HttpOnly; SameSite=Strict; Path=/auth', true],
    ['__Secure-a=1; HttpOnly; SameSite=Strict; Path=/auth', false],
  ] as const)('answers `%s` with %s', async ([cookie, isKept], { open }) => {
    const world = await open({ tls: true, host: 'app.demo.test', client: false });
    world.server.pages.set('/set', () => new Response('', { headers: { 'set-cookie': cookie } }));
    await world.page.evaluate(() => fetch('/set'));
    expect(await jar(world)).toHaveLength(isKept ? 1 : 0);
  });
});

describe.concurrent('CK-4, CK-5: a cookie planted by a sibling host', () => {
  const options: WorldOptions = { tls: true, host: 'app.demo.test', cookie: { profile: 'path' } };

  /** Signs in as somebody else in another browser, and plants the cookie got there. */
  const plant = async (world: World, open: (options: WorldOptions) => Promise<World>, path: string) => {
    const evil = await open({ tls: true, host: 'evil.demo.test', client: false });
    const attacker = await world.server.authority.handle(
      new Request(`${world.server.origin}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: world.server.origin, 'x-auth-client': '1' },
        body: JSON.stringify({ name: 'mallory', password: 'right' }),
      }),
    );
    const planted = attacker.headers.getSetCookie().find((cookie) => cookie.startsWith('__Secure-refresh='));
    const value = planted?.split(';')[0];
    evil.server.pages.set(
      '/',
      () =>
        new Response('<!doctype html>', {
          headers: { 'content-type': 'text/html', 'set-cookie': `${value}; Secure; Domain=demo.test; Path=${path}` },
        }),
    );
    const page = await world.context.newPage();
    await page.goto(evil.server.origin);
    return (await jar(world)).filter(({ name }) => name === '__Secure-refresh').length;
  };

  test.for(['/auth', '/auth/refresh'])(
    'at %s neither signs anybody in nor costs the session',
    async (path, { open }) => {
      const world = await open({ user: 'ann', ...options });
      expect(await plant(world, open, path)).toBe(2);
      expect(await world.refresh()).toMatchObject({ status: 200, body: { claims: { user: { name: 'ann' } } } });
      await world.reload();
      await world.start();
      expect(await world.known()).toMatchObject({ status: 'authenticated', claims: { user: { name: 'ann' } } });
      expect(world.server.events.map(({ type }) => type)).not.toContain('refresh-reused');
    },
  );

  test('signs nobody in where nobody was', async ({ open }) => {
    const world = await open(options);
    await world.signIn('ann');
    await world.signOut();
    expect(await plant(world, open, '/auth')).toBe(1);
    await world.reload();
    await world.start();
    expect(await world.known()).toMatchObject({ status: 'unauthenticated' });
  });
});

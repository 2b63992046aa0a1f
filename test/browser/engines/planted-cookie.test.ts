import { expect } from 'vitest';
import { inEngines, test, type World } from '../harness/engines/world.ts';

const HOST = 'app.localhost';
const SIBLING = 'evil.app.localhost';
const profiles = ['host', 'path'] as const;

/** Signs in as Mallory somewhere else, and has a sibling host set the cookies got there, with something in front of each. */
const plant = async ({ server, another }: World, before = (_index: number) => '\u00a0'): Promise<void> => {
  const login = new Request(`${server.origin}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.origin, 'x-auth-client': '1' },
    body: JSON.stringify({ name: 'mallory', password: 'right' }),
  });
  const got = (await server.authority.handle(login)).headers.getSetCookie();
  server.pages.set('/plant', () => {
    const headers = new Headers({ 'content-type': 'text/html' });
    for (const [index, cookie] of got.entries()) {
      headers.append(
        'set-cookie',
        `${before(index)}${cookie.split(';')[0]}; Secure; HttpOnly; SameSite=Strict; Domain=${HOST}; Path=/`,
      );
    }
    return new Response('<!doctype html>', { headers });
  });
  const { page } = await another();
  await page.goto(`${server.origin.replace(HOST, SIBLING)}/plant`);
};

const refreshesBore = ({ server }: World, text: string): boolean =>
  server.log.refreshes().at(-1)?.headers.cookie?.includes(text) === true;

inEngines(
  'a cookie in which a lenient reader finds ours, set by a sibling host',
  (engine) => {
    test.for(profiles)('signs nobody in behind the byte A0: %s (S-1)', async (profile, { open }) => {
      const world = await open(engine, { host: HOST, cookie: { profile }, client: false });
      await plant(world);
      await world.start();
      expect(await world.known()).toMatchObject({ status: 'unauthenticated', reason: 'anonymous' });
      expect(refreshesBore(world, `\u00a0__`)).toBe(true);
      await world.signIn('ann');
      expect(await world.refresh()).toMatchObject({ status: 200, body: { claims: { user: { name: 'ann' } } } });
    });

    test.for(profiles)('signs nobody out behind the byte A0: %s (S-1)', async (profile, { open }) => {
      const world = await open(engine, { host: HOST, cookie: { profile }, user: 'ann' });
      await plant(world);
      expect(await world.refresh()).toMatchObject({ status: 200, body: { claims: { user: { name: 'ann' } } } });
      expect(refreshesBore(world, `\u00a0__`)).toBe(true);
      await world.reload();
      await world.start();
      expect(await world.known()).toMatchObject({ status: 'authenticated', claims: { user: { name: 'ann' } } });
      expect(await world.signOut()).toEqual({ confirmed: true });
      expect(world.server.events.filter(({ type }) => type === 'request-refused')).toEqual([]);
    });

    test.for(profiles)(
      'signs nobody in or out after a comma in another value: %s (S-1, S-14)',
      async (profile, { open }) => {
        const world = await open(engine, { host: HOST, cookie: { profile }, client: false });
        const refreshed = () =>
          world.page.evaluate(async () => {
            const { status } = await fetch('/auth/refresh', { method: 'POST', headers: { 'X-Auth-Client': '1' } });
            return status;
          });
        await plant(world, (index) => `x${index}=1, `);
        expect(await refreshed()).toBe(403);
        expect(refreshesBore(world, '=1, __')).toBe(true);
        await world.start();
        await world.signIn('ann');
        expect(await world.refresh()).toMatchObject({ status: 200, body: { claims: { user: { name: 'ann' } } } });
        expect(refreshesBore(world, '=1, __')).toBe(true);
        expect(await world.signOut()).toEqual({ confirmed: true });
        expect(await refreshed()).toBe(403);
      },
    );
  },
  // WebKit does not send such a cookie.
  ['chromium', 'firefox'],
);

import { describe, expect } from 'vitest';
import { answering } from './harness/faults.ts';
import { test, type World } from './harness/world.ts';

/** What a failed sign-in must leave as it was. */
const standing = async ({ page, context, server }: World) => ({
  session: await page.evaluate(() => {
    const found = window.auth.getSession();
    const before = (window as { kept?: unknown }).kept ?? found;
    (window as { kept?: unknown }).kept = found;
    return { found, isSame: before === found };
  }),
  storage: await page.evaluate(() => JSON.stringify({ ...localStorage })),
  cookies: (await context.cookies()).map(({ name, value }) => `${name}=${value}`),
  refreshes: server.log.refreshes().length,
  told: (await page.evaluate(() => window.told)).length,
});

/** Signs in, and gives what the error says to the form: also what the server wrote. */
const fail = ({ page }: World, password: string) =>
  page.evaluate(async (secret) => {
    try {
      await window.auth.signIn({ name: 'bob', password: secret });
      return { name: 'none' };
    } catch (error) {
      if (!window.SilentRefresh.isAuthError(error)) return { name: String(error) };
      const { name, code } = error;
      if (code !== 'sign_in_rejected') {
        return { name, code, inMs: code === 'sign_in_unavailable' && error.retryAt && error.retryAt - Date.now() };
      }
      const { status, retryAt, response } = error;
      const body: unknown = await response.json();
      return { name, code, status, error: error.error, body, inMs: retryAt && retryAt - Date.now(), log: { ...error } };
    }
  }, password);

const nobody = undefined;
const standings = [
  ['with nobody signed in', nobody],
  ['with somebody signed in', 'ann'],
] as const;

describe.concurrent.for(standings)('a sign-in that fails %s', ([, user]) => {
  const begin = user === undefined ? {} : { user };

  test('for a wrong password says so, and changes nothing', async ({ open }) => {
    const world = await open(begin);
    const before = await standing(world);
    expect(await fail(world, 'wrong')).toMatchObject({
      name: 'SignInRejectedError',
      code: 'sign_in_rejected',
      status: 401,
      error: 'invalid_credentials',
      body: { error: 'invalid_credentials' },
    });
    expect(await standing(world)).toEqual(before);
    expect(before.session.isSame).toBe(true);
  });

  test('for its fields gives them to the form, and changes nothing', async ({ open }) => {
    const world = await open(begin);
    const before = await standing(world);
    const found = await fail(world, '');
    expect(found).toMatchObject({
      name: 'SignInRejectedError',
      status: 422,
      body: { fields: { password: 'Missing.' } },
    });
    expect(JSON.stringify((found as { log?: unknown }).log)).not.toContain('fields');
    expect(await standing(world)).toEqual(before);
  });

  test('for coming too often says when to come again, and changes nothing', async ({ open }) => {
    const world = await open(begin);
    const before = await standing(world);
    const found = (await fail(world, 'again')) as { inMs: number };
    expect(found).toMatchObject({ name: 'SignInRejectedError', status: 429, error: 'too_many_attempts' });
    expect(found.inMs).toBeGreaterThan(20_000);
    expect(found.inMs).toBeLessThanOrEqual(30_000);
    expect(await standing(world)).toEqual(before);
  });

  test('for a server that cannot be reached says so, and changes nothing', async ({ open }) => {
    const world = await open(begin);
    const before = await standing(world);
    await world.server.down();
    expect(await fail(world, 'right')).toMatchObject({ name: 'SignInUnavailableError', code: 'sign_in_unavailable' });
    await world.server.up();
    world.server.faults.next('/auth/login', answering(503, { 'retry-after': '7' }));
    expect(await fail(world, 'right')).toMatchObject({ name: 'SignInUnavailableError', code: 'sign_in_unavailable' });
    expect(await standing(world)).toEqual(before);
  });

  test('is made good by the next one', async ({ open }) => {
    const world = await open(begin);
    await fail(world, 'wrong');
    expect(await world.signIn('bob')).toMatchObject({ status: 200, body: { status: 'authenticated' } });
    expect(await world.call('/api/echo')).toMatchObject({ status: 200, body: { user: 'id-bob' } });
  });
});

describe.concurrent('a sign-in', () => {
  test.for(['FormData', 'URLSearchParams'] as const)('may be a %s', async (kind, { open }) => {
    const { page, call } = await open();
    await page.evaluate(async (name) => {
      const form = new window[name]();
      form.append('name', 'ann');
      form.append('password', 'right');
      await window.auth.signIn(form);
    }, kind);
    expect(await call('/api/echo')).toMatchObject({ status: 200, body: { user: 'id-ann' } });
  });

  test('may be made elsewhere and completed here', async ({ open }) => {
    const { page, call } = await open();
    const session = await page.evaluate(async () => {
      const headers = { 'Content-Type': 'application/json', 'X-Auth-Client': '1' };
      const body = JSON.stringify({ name: 'ann', password: 'right' });
      return window.auth.completeSignIn(await fetch('/auth/login', { method: 'POST', headers, body }));
    });
    expect(session).toMatchObject({ status: 'authenticated', claims: { user: { name: 'ann' } } });
    expect(await call('/api/echo')).toMatchObject({ status: 200 });
  });
});

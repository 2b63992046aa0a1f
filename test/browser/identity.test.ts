import { describe, expect } from 'vitest';
import { eventually } from './harness/eventually.ts';
import { delay, gate } from './harness/faults.ts';
import type { Tab } from './harness/tab.ts';
import { test } from './harness/world.ts';

/** Signs somebody in behind the client's back: the cookie jar is theirs from now on. */
const signInBehind = ({ page }: Tab, name: string) =>
  page.evaluate(async (user) => {
    const headers = { 'Content-Type': 'application/json', 'X-Auth-Client': '1' };
    const body = JSON.stringify({ name: user, password: 'right' });
    return (await fetch('/auth/login', { method: 'POST', headers, body })).status;
  }, name);

describe.concurrent('README-8: a call of one user', () => {
  test('that is refused after another has signed in is not sent in their name', async ({ open }) => {
    const { server, page, call, signIn } = await open({ user: 'ann' });
    const answer = gate();
    server.api.refuseTokensSoFar();
    server.faults.next('/api/transfer', { after: answer.pass });
    const posted = call('/api/transfer', { method: 'POST', body: 'from ann' });
    await eventually(() => expect(server.log.of('/api/transfer')).toHaveLength(1));
    expect(await signIn('bob')).toMatchObject({ status: 200 });
    answer.open();
    expect(await posted).toMatchObject({ error: 'UserChangedError', code: 'user_changed' });
    expect(server.log.of('/api/transfer').map(({ user }) => user)).toEqual(['id-ann']);
    expect(await call('/api/echo')).toMatchObject({ status: 200, body: { user: 'id-bob' } });
    expect(await page.locator('#user').innerText()).toBe('bob');
  });

  test('that is refused after they have signed in anew is sent again', async ({ open }) => {
    const { server, call, signIn, told } = await open({ user: 'ann' });
    const answer = gate();
    server.api.refuseTokensSoFar();
    server.faults.next('/api/transfer', { after: answer.pass });
    const posted = call('/api/transfer', { method: 'POST', body: 'from ann' });
    await eventually(() => expect(server.log.of('/api/transfer')).toHaveLength(1));
    expect(await signIn('ann')).toMatchObject({ status: 200 });
    answer.open();
    expect(await posted).toMatchObject({ status: 200, body: { user: 'id-ann' } });
    expect(server.log.of('/api/transfer')).toHaveLength(2);
    expect(await told()).not.toContain('left ann');
  });

  test('that waits for a refresh whose answer is about another is rejected, and the first one is seen off before', async ({
    open,
  }) => {
    const { server, another, calls, told, call, known } = await open({ user: 'ann' });
    expect(await signInBehind(await another(), 'bob')).toBe(200);
    // Ann's session has ended with that sign-in, and with it her access token.
    const outcomes = await calls(10, '/api/echo');
    for (const outcome of outcomes) expect(outcome).toMatchObject({ error: 'UserChangedError', code: 'user_changed' });
    expect(server.log.api().filter(({ user }) => user === 'id-bob')).toEqual([]);
    expect(await known()).toMatchObject({ status: 'authenticated', claims: { user: { name: 'bob' } } });
    const order = (await told()).filter((line) => /^left|^shown/.test(line)).slice(-3);
    expect(order).toEqual(['left ann', 'shown unauthenticated user-changed', 'shown authenticated bob']);
    expect(await call('/api/echo')).toMatchObject({ status: 200, body: { user: 'id-bob' } });
  });

  test('is not sent with the token of a sign-in that overtakes a refresh under way', async ({ open }) => {
    const { server, page, call, signIn, told, session } = await open({ user: 'ann' });
    server.faults.next('/auth/refresh', { after: delay(1000) });
    await page.evaluate(() => void window.auth.refresh().catch(() => {}));
    await eventually(() => expect(server.log.refreshes()).toHaveLength(2));
    expect(await signIn('bob')).toMatchObject({ status: 200 });
    await eventually(() => expect(server.log.refreshes().at(-1)?.status).toBe(200));
    await delay(200)();
    expect(await session()).toMatchObject({ status: 'authenticated', claims: { user: { name: 'bob' } } });
    expect(await call('/api/echo')).toMatchObject({ status: 200, body: { user: 'id-bob' } });
    const lines = await told();
    expect(lines.slice(lines.indexOf('shown authenticated bob'))).not.toContain('shown authenticated ann');
    expect(await page.locator('#user').innerText()).toBe('bob');
  });

  test('belongs to them after a sign-out and a sign-in of another, too', async ({ open }) => {
    const { server, call, signIn, signOut, told } = await open({ user: 'ann' });
    const answer = gate();
    server.faults.next('/api/slow', { after: answer.pass });
    const slow = call('/api/slow');
    await eventually(() => expect(server.log.of('/api/slow')).toHaveLength(1));
    expect(await signOut()).toEqual({ confirmed: true });
    expect(await told()).toContain('left ann');
    expect(await signIn('bob')).toMatchObject({ status: 200 });
    answer.open();
    expect(await slow).toMatchObject({ status: 200, body: { user: 'id-ann' } });
    expect(server.log.of('/api/slow')).toHaveLength(1);
  });
});

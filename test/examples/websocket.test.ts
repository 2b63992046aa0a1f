import { once } from 'node:events';
import { describe, expect } from 'vitest';
import { WebSocket } from 'ws';
import { eventually } from '../browser/harness/eventually.ts';
import { startExample } from './harness/server.ts';
import { ada, grace, testsOf } from './harness/visit.ts';

const test = testsOf(() => startExample('websocket'));

/** With a server of its own: what is said in the page would reach the sockets of the other tests. */
const testOfPage = testsOf(() => startExample('websocket'));

/** Opens a socket and sends a first message, if there is one. What it receives, and the code that it is closed with. */
async function openSocket(url: string, first?: string) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/live`);
  const messages: string[] = [];
  socket.on('message', (message) => messages.push(String(message)));
  const closed = once(socket, 'close').then(([code]) => Number(code));
  await once(socket, 'open');
  if (first !== undefined) socket.send(first);
  return { messages, closed, socket };
}

async function signInAt(url: string, credentials: object) {
  const headers = { Origin: url, 'X-Auth-Client': '1', 'Content-Type': 'application/json' };
  const answer = await fetch(`${url}/auth/login`, { method: 'POST', headers, body: JSON.stringify(credentials) });
  const { access_token: token, sid } = await answer.json();
  const cookie = answer.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  const signOut = () =>
    fetch(`${url}/auth/logout`, {
      method: 'POST',
      headers: { ...headers, Cookie: cookie },
      body: JSON.stringify({ sid }),
    });
  const [, payload = ''] = String(token).split('.');
  const expiresAt = 1000 * JSON.parse(Buffer.from(payload, 'base64url').toString()).exp;
  return { token: String(token), expiresAt, signOut };
}

describe.concurrent('the sockets of the example', () => {
  test('are closed if the first message is no access token, or never comes', async ({ server }) => {
    const garbage = await openSocket(server.url, 'not a token');
    const silent = await openSocket(server.url);
    expect(await garbage.closed).toBe(4401);
    expect(await silent.closed).toBe(4401);
    expect([...garbage.messages, ...silent.messages]).toEqual([]);
  });

  test('are good for as long as their token', async ({ server }) => {
    const { token, expiresAt } = await signInAt(server.url, ada);
    const { messages, closed } = await openSocket(server.url, token);
    expect(await closed).toBe(4401);
    expect(messages[0]).toBe('Connected.');
    expect(Date.now()).toBeGreaterThan(expiresAt - 100);
    const again = await openSocket(server.url, token);
    expect(await again.closed).toBe(4401);
  });

  test('are closed at sign-out, and those of others are not', async ({ server }) => {
    const [one, two] = [await signInAt(server.url, ada), await signInAt(server.url, ada)];
    const first = await openSocket(server.url, one.token);
    const second = await openSocket(server.url, two.token);
    await eventually(() => expect([...first.messages, ...second.messages]).toEqual(['Connected.', 'Connected.']));
    expect((await one.signOut()).status).toBe(204);
    expect(await first.closed).toBe(4401);
    // And not because its token has expired.
    expect(Date.now()).toBeLessThan(one.expiresAt);
    expect(second.socket.readyState).toBe(WebSocket.OPEN);
    second.socket.close();
  });
});

describe.concurrent('the page of the WebSocket example', () => {
  testOfPage('receives what others say, and goes on to do so when its token has expired', async ({ visit }) => {
    const [one, two] = [await visit(), await visit()];
    const sockets: string[] = [];
    one.page.on('websocket', (socket) => {
      if (socket.url().endsWith('/live')) sockets.push(socket.url());
    });
    await one.signIn(ada);
    await two.signIn(grace);
    for (const { page } of [one, two]) await page.getByText('Connected.').waitFor();
    await two.page.locator('[name=text]').fill('Good morning!');
    await two.page.getByRole('button', { name: 'Say' }).click();
    await one.page.getByText('grace: Good morning!').waitFor();

    // A token lives for ten seconds.
    await one.page.getByText(/Connected\..*Connected\./s).waitFor();
    await two.page.getByText(/Connected\..*Connected\./s).waitFor();
    await two.page.locator('[name=text]').fill('Still here?');
    await two.page.getByRole('button', { name: 'Say' }).click();
    await one.page.getByText('grace: Still here?').waitFor();
    expect(sockets.length).toBeGreaterThanOrEqual(2);
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../../examples/magic-link/app.ts';
import { createLinks } from '../../../examples/magic-link/links.ts';

const MINUTE = 60_000;

interface Visitor {
  cookie: string;
  post(path: string, body?: object, headers?: Record<string, string>): Promise<Response>;
}

/** The example on a port of its own, its mails in hand. */
async function createExample() {
  const clock = { now: Date.now() };
  const mails: { to: string; token: string }[] = [];
  const links = createLinks(() => clock.now);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const sendMail = (to: string, link: string) => void mails.push({ to, token: new URL(link).hash.slice(1) });
  const app = await createApp({ origin, links, sendMail });
  server.on('request', getRequestListener(app.fetch));

  function visitor(): Visitor {
    const self: Visitor = {
      cookie: '',
      async post(path, body = {}, headers = { 'X-Auth-Client': '1' }) {
        const response = await fetch(origin + path, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { 'Content-Type': 'application/json', Origin: origin, Cookie: self.cookie, ...headers },
        });
        const [set] = response.headers.getSetCookie();
        if (set !== undefined) self.cookie = set.split(';')[0] ?? '';
        return response;
      },
    };
    return self;
  }

  return { origin, clock, mails, links, visitor };
}

async function askFor(example: Awaited<ReturnType<typeof createExample>>, email = 'ada@example.com') {
  const visitor = example.visitor();
  expect((await visitor.post('/link', { email })).status).toBe(202);
  const token = example.mails.at(-1)?.token ?? '';
  return { visitor, token };
}

describe('a magic link', () => {
  it('signs in, and the session refreshes', async () => {
    const example = await createExample();
    const { visitor, token } = await askFor(example);
    const answer = await visitor.post('/link/open', { token });
    const { access_token } = (await answer.json()) as { access_token: string };
    const me = await fetch(`${example.origin}/api/me`, { headers: { Authorization: `Bearer ${access_token}` } });
    const { sub } = (await me.json()) as { sub: string };
    expect(sub).toMatch(/^[\w-]{36}$/);
    expect(example.mails).toMatchObject([{ to: 'ada@example.com' }]);
    expect((await visitor.post('/auth/refresh')).status).toBe(200);
  });

  it('signs in once', async () => {
    const example = await createExample();
    const { visitor, token } = await askFor(example);
    const asked = visitor.cookie;
    const answers = [visitor.post('/link/open', { token }), visitor.post('/link/open', { token })];
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 401]);
    visitor.cookie = asked;
    expect((await visitor.post('/link/open', { token })).status).toBe(401);
  });

  it('expires after a quarter of an hour', async () => {
    const example = await createExample();
    for (const [ms, status] of [
      [15 * MINUTE - 1, 200],
      [15 * MINUTE, 401],
    ] as const) {
      const { visitor, token } = await askFor(example);
      example.clock.now += ms;
      expect((await visitor.post('/link/open', { token })).status).toBe(status);
    }
  });

  it('signs in only in the browser that asked for it, by script of its page, and others do not use it up', async () => {
    const example = await createExample();
    const { visitor, token } = await askFor(example);
    const { visitor: other } = await askFor(example, 'eve@example.com');
    expect((await other.post('/link/open', { token })).status).toBe(401);
    expect((await example.visitor().post('/link/open', { token })).status).toBe(401);
    expect((await visitor.post('/link/open', { token }, {})).status).toBe(403);
    expect((await visitor.post('/link/open', { token: 'guessed' })).status).toBe(401);
    expect((await visitor.post('/link/open', { token })).status).toBe(200);
  });

  it('is sent to nobody for a form of another site, whose sender could sign a visitor in as themselves', async () => {
    const example = await createExample();
    const visitor = example.visitor();
    const asked = await visitor.post('/link', { email: 'eve@example.com' }, { 'Content-Type': 'text/plain' });
    expect([asked.status, visitor.cookie, example.mails]).toEqual([403, '', []]);
  });

  it('is kept as a hash', async () => {
    const example = await createExample();
    const { visitor, token } = await askFor(example);
    const stored = example.links.stored();
    expect(stored).toContain('ada@example.com');
    for (const secret of [token, visitor.cookie.split('=')[1] ?? '']) {
      expect(secret.length).toBeGreaterThan(30);
      expect(stored).not.toContain(secret);
    }
  });
});

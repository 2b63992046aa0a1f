import { afterAll, describe, expect, it } from 'vitest';
import { createDemo, type Demo } from '../../../demo/server/demo.ts';
import { demoUsers } from '../../../demo/server/seed.ts';

const URL_ = 'http://localhost:5173';
const [ada] = demoUsers;
const own = { Origin: URL_, 'X-Auth-Client': '1', 'Sec-Fetch-Site': 'same-origin' };
const json = { ...own, 'Content-Type': 'application/json' };

const log: string[] = [];
const plain = await createDemo({ appDir: import.meta.dirname, log: (line) => void log.push(line) });
const withControls = await createDemo({ appDir: import.meta.dirname, controls: true });
afterAll(async () => {
  await plain.close();
  await withControls.close();
});

async function ask({ app }: Demo, path: string, init?: RequestInit, base: string = URL_): Promise<Response> {
  return app.fetch(new Request(`${base}${path}`, init));
}

function post(demo: Demo, path: string, body: BodyInit | null, headers: Record<string, string> = json) {
  return ask(demo, path, { method: 'POST', headers, body });
}

async function bearer(demo: Demo): Promise<{ Authorization: string }> {
  const body = JSON.stringify({ userName: ada.name, password: ada.password });
  const { access_token } = await (await post(demo, '/auth/login', body)).json();
  return { Authorization: `Bearer ${access_token}` };
}

describe('the demo', () => {
  it.each(['/auth/login', '/auth/logout', '/api/notes', '/demo/lifetime'])(
    'answers 413 in JSON to a body over 64 KiB: %s',
    async (path) => {
      const stream = new Response('x'.repeat(64 * 1024 + 1)).body;
      const init = { method: 'POST', headers: json, body: stream, duplex: 'half' } as RequestInit;
      const length = { ...json, 'Content-Length': String(64 * 1024 + 1) };
      for (const answer of [await ask(plain, path, init), await post(plain, path, 'x', length)]) {
        expect([answer.status, await answer.json()]).toEqual([413, { error: 'content_too_large' }]);
        expect(answer.headers.get('Cache-Control')).toBe('no-store');
      }
    },
  );

  it('takes it for no failure when the client hangs up half-way', async () => {
    const hangUp = new AbortController();
    const body = new ReadableStream({
      pull(controller) {
        hangUp.abort();
        controller.error(new Error('aborted'));
      },
    });
    const init = { method: 'POST', headers: json, body, signal: hangUp.signal, duplex: 'half' } as RequestInit;
    const before = log.length;
    expect((await ask(plain, '/auth/login', init)).status).toBe(400);
    expect(log.slice(before)).toEqual([]);
  });

  it('answers 400 to a form that cannot be read', async () => {
    const headers = { ...(await bearer(plain)), 'Content-Type': 'multipart/form-data' };
    const answer = await post(plain, '/api/notes', 'no form', headers);
    expect([answer.status, await answer.json()]).toEqual([400, { error: 'invalid_request' }]);
  });

  it.each(['http://demo.example', 'http://localhost.evil.test', 'http://192.168.0.2:5173'])(
    'CK-11 turns away what was meant for %s',
    async (base) => {
      for (const path of ['/', '/auth/refresh', '/api/me', '/assets/x.js']) {
        const answer = await ask(plain, path, {}, base);
        expect([answer.status, await answer.json()]).toEqual([421, { error: 'misdirected_request' }]);
        expect(answer.headers.get('Cache-Control')).toBe('no-store');
      }
    },
  );

  it.each(['http://app.localhost:5173', 'http://127.0.0.1:5173', 'http://[::1]:5173'])(
    'answers on %s (S-10)',
    async (base) => {
      const headers = { Origin: base, 'X-Auth-Client': '1' };
      expect((await ask(plain, '/auth/refresh', { method: 'POST', headers }, base)).status).toBe(204);
    },
  );

  it('HDR-8 has no switches unless they are asked for', async () => {
    expect((await ask(plain, '/demo/state')).status).toBe(404);
    for (const path of ['/demo/lifetime', '/demo/refresh-mode', '/demo/revoke']) {
      expect((await post(plain, path, '{}')).status).toBe(404);
    }
    expect((await ask(withControls, '/demo/state')).status).toBe(200);
  });

  it.each<[string, Record<string, string>]>([
    ['a foreign origin', { Origin: 'https://evil.example' }],
    ['another port', { Origin: 'http://localhost:8080' }],
    ['the origin null', { Origin: 'null' }],
    ['a page of the same site', { 'Sec-Fetch-Site': 'same-site' }],
    ['a page of another site', { 'Sec-Fetch-Site': 'cross-site' }],
  ])('lets nobody turn a switch from %s', async (_what, headers) => {
    const body = '{"seconds":60}';
    expect((await post(withControls, '/demo/lifetime', body, { ...json, ...headers })).status).toBe(403);
    expect(await (await ask(withControls, '/demo/state')).json()).toMatchObject({ lifetimeSeconds: 15 });
  });

  it('turns a switch for its own page, and for what is no browser', async () => {
    const type = { 'Content-Type': 'application/json' };
    for (const headers of [json, type]) {
      expect((await post(withControls, '/demo/lifetime', '{"seconds":15}', headers)).status).toBe(200);
    }
  });

  it('TOK-1 lets no refusal and no failure be stored', async () => {
    await post(withControls, '/demo/refresh-mode', '{"mode":"503","retryAfterSeconds":1}');
    const answers = [
      await post(withControls, '/auth/refresh', null),
      await post(withControls, '/demo/lifetime', '{}'),
      await post(withControls, '/demo/lifetime', '{}', own),
      await ask(withControls, '/api/me'),
      await ask(withControls, '/nothing.js'),
      await ask(withControls, '/'),
      await ask(withControls, '/demo/state'),
    ];
    await post(withControls, '/demo/refresh-mode', '{"mode":"ok"}');
    expect(answers.map(({ status }) => status)).toEqual([503, 400, 415, 401, 404, 503, 200]);
    for (const answer of answers) expect(answer.headers.get('Cache-Control')).toBe('no-store');
  });

  it('HDR-1 lets nothing but its own scripts run and nothing be posted by a form', async () => {
    const policy = (await ask(plain, '/')).headers.get('Content-Security-Policy');
    for (const rule of ["script-src 'self'", "form-action 'none'", "trusted-types 'none'", "default-src 'none'"]) {
      expect(policy).toContain(rule);
    }
  });

  it('HDR-3 lets nobody sniff, open or embed it, and sends no referrer', async () => {
    for (const path of ['/', '/api/me', '/auth/refresh', '/nothing.js']) {
      expect(Object.fromEntries((await ask(plain, path)).headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
    }
  });

  it('HDR-4 wraps no answer into a script, whatever is asked', async () => {
    const headers = await bearer(plain);
    for (const query of ['?callback=alert', '?jsonp=alert']) {
      const answer = await ask(plain, `/api/me${query}`, { headers });
      expect(answer.headers.get('Content-Type')).toMatch(/^application\/json/);
      expect(await answer.json()).toMatchObject({ name: ada.name });
    }
  });

  it('HDR-5 redirects nowhere after a sign-in, whatever is asked', async () => {
    for (const to of ['//evil.example', 'https://evil.example', '/\\evil.example']) {
      const body = JSON.stringify({ userName: ada.name, password: ada.password, returnTo: to });
      const answer = await post(plain, `/auth/login?returnTo=${encodeURIComponent(to)}`, body);
      expect([answer.status, answer.headers.get('Location')]).toEqual([200, null]);
      expect(await answer.text()).not.toContain('evil.example');
    }
  });

  it('AUTH-1 looks at no password of a name that has failed five times, and says when to come back', async () => {
    const demo = await createDemo({ appDir: import.meta.dirname });
    const attempt = (userName: string, password: string) =>
      post(demo, '/auth/login', JSON.stringify({ userName, password }));
    for (const userName of ['Grace', 'nobody at all']) {
      const statuses: number[] = [];
      for (let n = 0; n < 5; n += 1) statuses.push((await attempt(userName, `guess ${n}`)).status);
      expect(statuses).toEqual([401, 401, 401, 401, 401]);
      const refused = await attempt(userName, 'eleven-inches');
      expect([refused.status, await refused.json()]).toEqual([429, { error: 'too_many_requests' }]);
      expect(Number(refused.headers.get('Retry-After'))).toBeLessThanOrEqual(30);
    }
    await demo.close();
  }, 30_000);

  it('LOG-2 writes what happens as lines of JSON', async () => {
    await post(plain, '/auth/login', JSON.stringify({ userName: 'a\nb', password: 'wrong' }));
    expect(log.length).toBeGreaterThan(0);
    for (const line of log) expect(JSON.parse(line)).toMatchObject({ time: expect.stringMatching(/Z$/) });
    expect(log.filter((line) => line.includes('\n'))).toEqual([]);
  });
});

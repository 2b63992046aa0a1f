import { describe, expect, it } from 'vitest';
import { createFixture, MINUTE, ORIGIN, tokens } from './fixture.ts';

describe('onEvent', () => {
  it('LOG-1 tells of everything that happens and never gives a secret away', async () => {
    const { authority, browser, clock, events } = createFixture();
    const secrets: string[] = ['right'];
    const page = browser();
    const note = (jar: Map<string, string>, token?: string): void => {
      secrets.push(...[...jar.values()].flatMap((value) => [value, value.split('.')[2] ?? value]));
      if (token !== undefined) secrets.push(token, token.split('.')[2] ?? token);
    };
    const wrong = JSON.stringify({ id: 'ann', password: 'guess' });
    await page.post('/auth/login', { body: wrong, headers: { 'Content-Type': 'application/json' } });
    note(page.jar, (await page.signIn()).access_token);
    const duplicate = page.copy();
    const first = await tokens(await page.refresh('secret-key'));
    note(page.jar, first.access_token);
    await duplicate.copy().refresh('secret-key');
    await authority.verify(first.access_token);
    await duplicate.refresh('secret-key');
    await page.copy().refresh('lost-key');
    clock.now += MINUTE;
    note(page.jar, (await tokens(await page.refresh('next-key'))).access_token);
    await page.post('/auth/refresh', { headers: { Origin: 'https://evil.example/?q=query-string' } });
    await duplicate.refresh();
    await page.refresh();
    await page.signIn();
    note(page.jar);
    await page.signOut();
    const operated = await browser().signIn();
    await authority.endSession(operated.sid);

    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set([
        'sign-in-refused',
        'signed-in',
        'refreshed',
        'refresh-replayed',
        'refresh-duplicate',
        'refresh-recovered',
        'request-refused',
        'refresh-reused',
        'refresh-rejected',
        'signed-out',
        'revoked',
      ]),
    );
    const text = JSON.stringify(events);
    for (const secret of [...secrets, 'guess', 'secret-key', 'lost-key', 'next-key', 'query-string']) {
      expect(text).not.toContain(secret);
    }
    for (const event of events) expect(event.at).toBeLessThanOrEqual(clock.now);
  });

  it('changes nothing by throwing or by rejecting', async () => {
    for (const onEvent of [
      () => {
        throw new Error('listener');
      },
      () => Promise.reject(new Error('listener')),
    ]) {
      const page = createFixture({ onEvent }).browser();
      await page.signIn();
      expect((await page.refresh()).status).toBe(200);
    }
  });
});

describe('handle', () => {
  it('TOK-1 TOK-12 answers with JSON that nobody may store or sniff', async () => {
    const { browser } = createFixture({ cookie: {} });
    const page = browser();
    const json = { 'Content-Type': 'application/json' };
    const answers = [
      await page.post('/auth/login', { body: '{"id":"ann","password":"right"}', headers: json }),
      await page.post('/auth/login', { body: '{', headers: json }),
      await page.refresh(),
      await page.refresh('k'.repeat(200)),
      await page.post('/auth/refresh', { headers: { Origin: 'null' } }),
      await page.post('/auth/refresh', { headers: { Cookie: '__Host-refresh=x' } }),
      await page.post('/elsewhere'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 200, 400, 403, 401, 404]);
    for (const { headers } of answers) {
      expect(Object.fromEntries(headers)).toMatchObject({
        'cache-control': 'no-store',
        'content-type': 'application/json; charset=utf-8',
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
      });
    }
  });

  it('TOK-1 forbids to store what has no body either', async () => {
    const { browser } = createFixture();
    for (const answer of [await browser().refresh(), await browser().signOut()]) {
      expect([answer.status, answer.headers.get('Cache-Control')]).toEqual([204, 'no-store']);
    }
  });

  it('LOG-3 answers 503 to everything while the store is down, and throws nothing', async () => {
    const down = (): never => {
      throw new Error('connection refused');
    };
    const store = {
      read: down,
      insert: down,
      replace: down,
      end: down,
      endByUser: down,
      listByUser: down,
      removeExpired: down,
    };
    const good = createFixture().browser();
    await good.signIn();
    const { authority, events } = createFixture({ store });
    const headers = {
      Origin: ORIGIN,
      'X-Auth-Client': '1',
      'Content-Type': 'application/json',
      Cookie: `__Host-refresh=${good.jar.get('__Host-refresh')}`,
    };
    for (const [path, body] of [
      ['/auth/login', '{"id":"ann","password":"right"}'],
      ['/auth/refresh', null],
      ['/auth/logout', null],
    ] as const) {
      const answer = await authority.handle(new Request(`${ORIGIN}${path}`, { method: 'POST', headers, body }));
      expect([answer.status, await answer.text()]).toEqual([503, '{"error":"temporarily_unavailable"}']);
      expect(answer.headers.get('Set-Cookie')).toBeNull();
    }
    expect(events.filter(({ type }) => type === 'failed')).toHaveLength(3);
  });
});

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apiCall, createFixture, MINUTE, ORIGIN, tokens } from './fixture.ts';

const json = { 'Content-Type': 'application/json' };
const sibling = { Origin: 'https://evil.app.example', 'Sec-Fetch-Site': 'same-site' };

describe('docs/requirements.md', () => {
  it('names no requirement that has neither a test nor a place that says it, and each promise of the README', () => {
    const script = join(import.meta.dirname, '../../../scripts/requirements.mjs');
    const { stdout, status } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
    expect(stdout.split('\n').filter((line) => /NO TEST|not in both/.test(line))).toEqual([]);
    expect(status).toBe(0);
    expect(Number(/^(\d+) requirements/m.exec(stdout)?.[1])).toBeGreaterThan(70);
    expect(stdout).toMatch(/^RT-1 {2}.*\n {4}npm test {2}test\/unit\/server\/.*RT-1/m);
  });
});

describe('`npm test` and `npm run test:rest`', () => {
  it('leave out no project of tests, and run none twice', () => {
    const read = (name: string) => readFileSync(join(import.meta.dirname, '../../..', name), 'utf8');
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const run = [...`${scripts.test} ${scripts['test:rest']}`.matchAll(/--project (\w+)/g)].map(([, name]) => name);
    const projects = [...read('vitest.config.ts').matchAll(/\bname: '(\w+)'/g)].map(([, name]) => name);
    expect(run.sort()).toEqual(projects.sort());
  });
});

describe('a refresh', () => {
  it.each([
    ['scope', 'application/x-www-form-urlencoded', 'grant_type=refresh_token&scope=admin'],
    ['claims', 'application/json', '{"scope":"admin","aud":"https://other.example","sub":"bob"}'],
  ])('TOK-6 widens no rights, whatever %s it asks for', async (_name, type, body) => {
    const { authority, browser } = createFixture();
    const page = browser();
    const before = await authority.verify((await page.signIn()).access_token);
    const answer = await page.post('/auth/refresh?scope=admin', { body, headers: { 'Content-Type': type } });
    const after = await authority.verify((await tokens(answer)).access_token);
    expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
    expect([after.sub, after.aud, after.sid]).toEqual([before.sub, before.aud, before.sid]);
  });

  it.each([['host'], ['path'], ['dev']] as const)(
    'TOK-7 sets the cookie that it takes the place of, in the profile %s',
    async (profile) => {
      const { browser, clock } = createFixture({ cookie: { profile } }, 'http://localhost');
      const page = browser();
      const cookiesOf = (answer: Response) =>
        answer.headers.getSetCookie().map((cookie) => cookie.replace(/=[^;]*/, '').replace(/Max-Age=\d+/, ''));
      const body = '{"id":"ann","password":"right"}';
      const first = cookiesOf(await page.post('/auth/login', { body, headers: json }));
      for (let n = 0; n < 3; n += 1) {
        clock.now += MINUTE;
        expect(cookiesOf(await page.refresh())).toEqual(first);
      }
      expect(page.jar.size).toBe(first.length);
    },
  );
});

describe('a forged request', () => {
  it('CSRF-9 signs nobody in as somebody else', async () => {
    const { browser, events } = createFixture();
    const victim = browser();
    const { sid } = await victim.signIn('ann');
    const body = '{"id":"mallory","password":"right"}';
    for (const headers of [sibling, { 'X-Auth-Client': '' }, { Origin: 'null' }]) {
      const answer = await victim.post('/auth/login', { body, headers: { ...json, ...headers } });
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
    }
    expect(events.filter(({ type }) => type === 'signed-in')).toHaveLength(1);
    expect(await tokens(await victim.refresh())).toMatchObject({ sid });
  });

  it('REV-12 signs nobody out', async () => {
    const { authority, browser } = createFixture();
    const victim = browser();
    const { access_token } = await victim.signIn();
    for (const headers of [sibling, { 'X-Auth-Client': '' }, { 'Sec-Fetch-Mode': 'no-cors' }]) {
      const answer = await victim.post('/auth/logout', { headers });
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
    }
    await expect(authority.verify(access_token)).resolves.toBeDefined();
  });
});

describe('a challenge', () => {
  it('BB-18 is never one that makes a browser ask for a password', async () => {
    const { authority, browser } = createFixture();
    const refusals = [
      await browser().post('/auth/login', { body: '{"id":"ann","password":"wrong"}', headers: json }),
      await browser().post('/auth/refresh', { headers: { Cookie: '__Host-refresh=x' } }),
      await authority.guard(new Request(`${ORIGIN}/api`)),
      await authority.guard(apiCall('a.b.c')),
      await authority.guard(new Request(`${ORIGIN}/api`, { headers: { Authorization: 'Basic YTpi' } })),
    ];
    const challenges = refusals.map((answer) => (answer as Response).headers.get('WWW-Authenticate'));
    expect(challenges.filter(Boolean).length).toBeGreaterThan(3);
    for (const challenge of challenges)
      expect(challenge ?? 'Bearer').toMatch(/^Bearer\b(?!.*\b(Basic|Digest|Negotiate)\b)/i);
  });
});

describe("all of a user's tokens", () => {
  it('REV-3 end at once, and a new sign-in is good', async () => {
    const { authority, browser } = createFixture();
    const old = [await browser().signIn('ann'), await browser().signIn('ann')];
    const other = await browser().signIn('bob');
    await authority.endUserSessions('ann');
    for (const { access_token } of old) await expect(authority.verify(access_token)).rejects.toThrow();
    await expect(authority.verify(other.access_token)).resolves.toBeDefined();
    await expect(authority.verify((await browser().signIn('ann')).access_token)).resolves.toBeDefined();
  });
});

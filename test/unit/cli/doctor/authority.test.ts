import { describe, expect, it } from 'vitest';
import { cookies } from './changes.ts';
import { CREDENTIALS, PASSWORD, serve } from './server.ts';

const APP = 'https://app.example.com';

describe('doctor', () => {
  it.each([
    ['dev', undefined],
    ['host', APP],
    ['path', APP],
  ] as const)('finds nothing wrong with the authority in the `%s` profile, on a real server', async (profile, as) => {
    const server = await serve({ cookie: { profile }, ...(as && { origin: as }) });
    const { problems, notChecked } = await server.report(CREDENTIALS, as);
    expect([problems, notChecked]).toEqual([[], []]);
    expect((await server.doctor(CREDENTIALS, as)).status).toBe(0);
  });

  it('takes an overlap that ends the session for reuse that is noticed', async () => {
    const { report } = await serve({ graceMs: 0 });
    const { findings, notChecked } = await report(CREDENTIALS);
    expect(findings).toContainEqual(expect.objectContaining({ check: 'reuse', level: 'ok' }));
    expect(notChecked).toEqual([]);
  });

  it('leaves nobody signed in', async () => {
    const { report, fixture } = await serve();
    await report(CREDENTIALS);
    const count = (...types: string[]) => fixture.events.filter(({ type }) => types.includes(type)).length;
    expect(count('signed-in')).toBe(2);
    expect(count('refresh-reused', 'signed-out')).toBe(2);
  });

  it('leaves nobody signed in where a session does not end as it should', async () => {
    const { report, fixture } = await serve({ graceMs: 0 });
    await report(CREDENTIALS);
    const count = (...types: string[]) => fixture.events.filter(({ type }) => types.includes(type)).length;
    expect(count('signed-in')).toBe(count('refresh-reused', 'signed-out'));
  });

  it('leaves nobody signed in where no credentials are asked for, and says so', async () => {
    const { report, fixture } = await serve({ verifyCredentials: () => ({ id: 'ann', name: 'Ann' }) });
    expect((await report([])).problems).toEqual(['error endpoint-sign-in']);
    const ends = fixture.events.filter(({ type }) => type === 'signed-in' || type === 'signed-out');
    expect(ends.map(({ type }) => type)).toEqual(['signed-in', 'signed-out']);
  });

  it('checks without credentials what can be checked, and says what it has not', async () => {
    const { report, doctor, fixture } = await serve();
    const { problems, notChecked, findings } = await report([]);
    expect(problems).toEqual([]);
    expect(new Set(findings.map(({ subject }) => subject))).toEqual(
      new Set(['Endpoints', 'CORS', 'Forgery', 'Tokens', 'Clock']),
    );
    expect(notChecked).toContain('rotation');
    expect(fixture.events.filter(({ type }) => type === 'signed-in')).toEqual([]);
    expect((await doctor([])).output).toContain('Not checked, without --user and a password:');
  });

  it('finds a Secure cookie on plain http', async () => {
    const lan = 'http://lan.example';
    const server = await serve(
      { allowedOrigins: [lan] },
      cookies((it) => `${it}; Secure`),
    );
    const { problems } = await server.report(CREDENTIALS, lan);
    expect(problems).toEqual(['error cookie-secure']);
  });

  it('prints no token, cookie, password or query, whatever is wrong', async () => {
    const server = await serve(
      { graceMs: 0 },
      cookies((it) => it.replace('; HttpOnly', '; Domain=example.com')),
    );
    const args = [...CREDENTIALS, '--refresh', '/auth/refresh?tenant=hidden', '--field', 'otp=also-hidden'];
    for (const more of [[], ['--json']]) {
      const { output, warnings } = await server.doctor([...args, ...more]);
      const secrets = [...server.secrets, 'hidden', `"${PASSWORD}"`];
      expect(server.secrets.size).toBeGreaterThan(8);
      expect(secrets.filter((secret) => (output + warnings).includes(secret))).toEqual([]);
    }
  });
});

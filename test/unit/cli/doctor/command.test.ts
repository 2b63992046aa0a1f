import { describe, expect, it } from 'vitest';
import { OPTIONS } from '../../../../src/cli/doctor/arguments/options.ts';
import { run } from '../../../../src/cli/run.ts';
import { cookies } from './changes.ts';
import { CREDENTIALS, createTerminal, PASSWORD, serve } from './server.ts';

const USER = ['--user', 'ann', '--user-field', 'id'];

describe('npx silent-refresh', () => {
  it('lists its commands', async () => {
    const { terminal, written } = createTerminal();
    expect(await run(['--help'], terminal)).toBe(0);
    expect(written.join()).toMatch(/^ {2}doctor {2}/m);
  });

  it.each([[[]], [['docktor']]])('has status 2 for %j', async (args) => {
    expect(await run(args, createTerminal().terminal)).toBe(2);
  });
});

describe('npx silent-refresh doctor', () => {
  it('names each of its options with --help', async () => {
    const { terminal, written } = createTerminal();
    expect(await run(['doctor', '--help'], terminal)).toBe(0);
    const named = new Set(written.join().match(/--[a-z-]+/g));
    expect(named).toEqual(new Set(Object.keys(OPTIONS).map((option) => `--${option}`)));
  });

  it.each([
    [[], 'Give one address'],
    [['https://a.example', 'https://b.example'], 'Give one address'],
    [['https://a.example/auth'], 'Paths go into --sign-in'],
    [['ftp://a.example'], 'has to be an origin'],
    [['a.example'], 'has to be an origin'],
    [['https://a.example', '--origin', 'https://app.example/?secret'], '--origin has to be an origin'],
    [['https://a.example', '--refresh', 'https://'], '--refresh takes a path'],
    [['https://a.example', '--timeout', 'secret'], '--timeout takes seconds'],
    [['https://a.example', '--password', 'secret'], '--password needs --user'],
    [['https://a.example', '--user', 'ann', '--field', 'secret'], '--field takes a name and a value'],
    [['https://a.example', '--pasword=secret'], 'One of the options is not known'],
    [['https://a.example', '--json=secret'], '--json has no value, or one that it does not take'],
    [['https://a.example', '--user', 'ann'], 'set SILENT_REFRESH_PASSWORD'],
  ])('refuses %j with status 2, and repeats no value', async (args, message) => {
    const { terminal, warned } = createTerminal();
    expect(await run(['doctor', ...args], terminal)).toBe(2);
    expect(warned.join()).toContain(message);
    expect(warned.join()).not.toContain('secret');
  });

  it('has status 2 where nobody answers, and says why', async () => {
    const { origin } = await serve();
    const { terminal, written } = createTerminal();
    // A port that is free for certain: that of a server which has gone.
    const gone = new URL(origin);
    gone.hostname = '127.0.0.2';
    expect(await run(['doctor', gone.origin], terminal)).toBe(2);
    expect(written.join()).toContain('no answer: POST refresh: ECONNREFUSED');
  });

  it('has status 1 for an error; for a warning only with --strict', async () => {
    const warned = await serve({ graceMs: 0 });
    expect((await warned.doctor(CREDENTIALS)).status).toBe(0);
    expect((await warned.doctor([...CREDENTIALS, '--strict'])).status).toBe(1);
    const wrong = await serve(
      {},
      cookies((it) => it.replace('; HttpOnly', '')),
    );
    expect((await wrong.doctor(CREDENTIALS)).status).toBe(1);
  });

  it('takes the password from the environment, or asks for it', async () => {
    const { origin, fixture } = await serve();
    const fromEnvironment = createTerminal({ SILENT_REFRESH_PASSWORD: PASSWORD });
    const typed = createTerminal({}, PASSWORD);
    for (const { terminal, warned } of [fromEnvironment, typed]) {
      expect(await run(['doctor', origin, ...USER], terminal)).toBe(0);
      expect(warned).toEqual([]);
    }
    expect(fixture.events.filter(({ type }) => type === 'signed-in')).toHaveLength(4);
  });

  it('says that a password in the command line is in the history', async () => {
    const { doctor } = await serve();
    expect((await doctor(CREDENTIALS)).warnings).toContain('history of your shell');
  });

  it('signs in by a form, with further fields', async () => {
    const seen: unknown[] = [];
    const { doctor } = await serve({
      verifyCredentials(credentials) {
        seen.push(credentials);
        return Object.keys(credentials as object).length > 0 && { id: 'ann', name: 'Ann' };
      },
    });
    const args = [
      '--user',
      'ann',
      '--password',
      PASSWORD,
      '--password-field',
      'pass',
      '--field',
      'tenant=a=b',
      '--form',
    ];
    expect((await doctor(args)).status).toBe(0);
    expect(seen).toContainEqual({ tenant: 'a=b', username: 'ann', pass: PASSWORD });
  });

  it('gives up a request that is not answered in time', async () => {
    const { report } = await serve({}, () => new Promise(() => {}));
    const { findings, requests } = await report(['--timeout', '0.2']);
    expect(requests).toBe(1);
    expect(findings.map(({ seen }) => seen)).toEqual(['no answer: POST refresh: none came within 0.2 s']);
  });

  it('makes at most 26 requests', async () => {
    const app = 'http://127.0.0.1:1';
    const allowedOrigins = [app];
    const servers = [
      await serve({ allowedOrigins }),
      await serve({ allowedOrigins, graceMs: 0, retryWindowMs: 0, recoveryMs: 0 }),
    ];
    for (const { report } of servers) {
      const { requests } = await report([...CREDENTIALS, '--origin', app]);
      expect(requests).toBeGreaterThan(20);
      expect(requests).toBeLessThanOrEqual(26);
    }
  });
});

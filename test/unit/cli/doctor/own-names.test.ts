import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { run } from '../../../../src/cli/run.ts';
import { asked, inItsOwnWay } from './changes.ts';
import { type Change, CREDENTIALS, createTerminal, PASSWORD, serve, withBody, withHeader } from './server.ts';

const AUTH = 'https://auth.example.com';
const APP = 'https://app.example.com';

/** What docs/own-backend.md tells the doctor of a server with methods, paths and names of its own. */
const [, documented = ''] =
  /doctor http:\/\/localhost:3000 --user test@example\.com \\\n(.*?)\n```/s.exec(
    readFileSync(new URL('../../../../docs/own-backend.md', import.meta.url), 'utf8'),
  ) ?? [];
const FLAGS = documented.split(/[\s\\]+/).filter((word) => word !== '');
const USER = ['--user', 'ann', '--user-field', 'id', '--password', PASSWORD];

/** The flags with the value of one replaced, or with one left out. */
const flagsWith = (name: string, value?: string): string[] =>
  FLAGS.flatMap((flag, at) => {
    if (flag === name) return value === undefined ? [] : [flag, value];
    return FLAGS[at - 1] === name ? [] : [flag];
  });

/** A server that knows the client's headers by other names. */
const withOwnHeaders = (): Change =>
  asked(({ headers: sent }) => {
    const headers = new Headers(sent);
    const names = [
      ['X-Auth-Client', 'X-Requested-With'],
      ['Idempotency-Key', 'X-Request-Key'],
    ] as const;
    for (const [usual, own] of names) {
      const value = headers.get(own);
      headers.delete(usual);
      if (value !== null) headers.set(usual, value);
    }
    return { headers };
  });

describe('doctor, of a server with methods, paths and names of its own,', () => {
  it('finds all well that the contract asks for, with the options of docs/own-backend.md', async () => {
    const { report, fixture } = await serve({}, inItsOwnWay());
    const { problems, notChecked, findings } = await report([...USER, ...FLAGS]);
    expect(problems).toEqual(['warning sid', 'warning seq']);
    expect(notChecked).toEqual([]);
    const seen = findings.map((finding) => finding.seen);
    expect(seen).toContain('the field that --expires-in-field names is 300');
    const ends = fixture.events.filter(({ type }) => type === 'signed-out' || type === 'refresh-reused');
    expect(ends).toHaveLength(fixture.events.filter(({ type }) => type === 'signed-in').length);
  });

  it('reads sid and seq, where they are named', async () => {
    const { report } = await serve({}, inItsOwnWay());
    const { problems } = await report([
      ...USER,
      ...FLAGS,
      '--sid-field',
      'session.key',
      '--seq-field',
      'session.count',
    ]);
    expect(problems).toEqual([]);
  });

  it.each([
    [
      'another path',
      flagsWith('--refresh', '/token'),
      'error endpoint-refresh',
      '(--refresh) and the method, which is PUT',
    ],
    [
      'another method',
      flagsWith('--refresh-method', 'patch'),
      'error endpoint-refresh',
      'which is PATCH (--refresh-method)',
    ],
    [
      'another field for the access token',
      flagsWith('--access-token-field', 'token'),
      'error sign-in',
      'Check --access-token-field',
    ],
    [
      'another field for the lifetime',
      flagsWith('--expires-in-field', 'validUntil'),
      'warning expires-in',
      '--expires-in-field names is missing',
    ],
    [
      'a field with a date for the lifetime',
      flagsWith('--expires-in-field', 'issued'),
      'warning expires-in',
      'not a number of seconds',
    ],
    [
      'no field for the lifetime',
      flagsWith('--expires-in-field'),
      'warning expires-in',
      'name its field: --expires-in-field',
    ],
    [
      'another field for the user',
      flagsWith('--user-id-field', 'profile.id'),
      'warning identity',
      'Check --user-id-field',
    ],
    ['another field for the session', [...FLAGS, '--sid-field', 'sid'], 'warning sid', 'Check --sid-field'],
    ['another field for the count', [...FLAGS, '--seq-field', 'seq'], 'warning seq', 'Check --seq-field'],
  ])('says what to change if it is told %s', async (_what, flags, problem, advice) => {
    const server = await serve({}, inItsOwnWay());
    expect((await server.report([...USER, ...flags])).problems).toContain(problem);
    expect((await server.doctor([...USER, ...flags])).output).toContain(advice);
  });

  it('looks for the field of the user in the JWT as well', async () => {
    const { report } = await serve();
    expect((await report([...CREDENTIALS, '--user-id-field', 'sub'])).problems).toEqual([]);
    expect((await report([...CREDENTIALS, '--user-id-field', 'uuid'])).problems).toEqual(['warning identity']);
  });

  it('says how to name the field of the access token, if it is not told', async () => {
    const { doctor } = await serve({}, inItsOwnWay());
    const { output, status } = await doctor([
      ...USER,
      ...flagsWith('--access-token-field').filter((flag) => flag !== '--expires-in-field' && flag !== 'validFor'),
    ]);
    expect(status).toBe(1);
    expect(output).toContain('name the field that holds the token: --access-token-field');
  });

  it('finds a GET that acts, and lets one pass that only reads', async () => {
    const reading = await serve(
      {},
      inItsOwnWay(() => Response.json({ name: 'Ann' })),
    );
    expect((await reading.report([...USER, ...FLAGS])).problems).not.toContain('error get');
    const acting = await serve(
      {},
      inItsOwnWay((asPut) => asPut()),
    );
    expect((await acting.report([...USER, ...FLAGS])).problems).toContain('error get');
  });

  it('sends the headers by names of their own, and says them', async () => {
    const headers = ['--client-header', 'X-Requested-With', '--idempotency-key-header', 'X-Request-Key'];
    const server = await serve({ graceMs: 0 }, withOwnHeaders());
    const { problems, findings } = await server.report([...CREDENTIALS, ...headers]);
    expect(problems).toEqual(['warning overlap']);
    expect(findings.map(({ seen }) => seen)).toEqual(
      expect.arrayContaining([
        'without X-Requested-With: 403 request_refused',
        'the same X-Request-Key gets the same successor',
      ]),
    );
    expect((await server.report(CREDENTIALS)).problems).toEqual(['error own-requests']);
  });

  it('finds a preflight that does not name a method', async () => {
    const crossOrigin = (methods: string) =>
      serve({ cookie: { profile: 'host' }, origin: AUTH, allowedOrigins: [APP] }, async (request, handle) => {
        const answer = await inItsOwnWay()(request, handle);
        return request.method === 'OPTIONS' ? withHeader(answer, 'Access-Control-Allow-Methods', methods) : answer;
      });
    const problemsOf = async (methods: string) =>
      (await (await crossOrigin(methods)).report([...USER, ...FLAGS, '--origin', APP], AUTH)).problems;
    expect(await problemsOf('POST, PUT, DELETE')).toEqual(['warning sid', 'warning seq']);
    for (const methods of ['POST, PUT', 'put, delete', '*']) {
      expect(await problemsOf(methods)).toEqual(['error cors-allow-methods', 'warning sid', 'warning seq']);
    }
  });

  it('prints no token, whatever it is told', async () => {
    const server = await serve({}, async (request, handle) =>
      withBody(await inItsOwnWay()(request, handle), (body) => ({ ...body, copy: `${body.jwt}` })),
    );
    for (const field of ['--access-token-field', '--expires-in-field', '--user-id-field']) {
      const { output } = await server.doctor([...USER, ...flagsWith(field, 'copy')]);
      expect(output).not.toContain('opaque-');
    }
  });

  it.each([
    [['--refresh-method', 'GET'], '--refresh-method takes POST, PUT, PATCH or DELETE'],
    [['--sign-out-method', 'secret'], '--sign-out-method takes POST, PUT, PATCH or DELETE'],
    [['--access-token-field', 'secret..jwt'], '--access-token-field takes the name of a field'],
    [['--access-token-field', `eyJ.${'secret'.repeat(20)}.x`], 'and not what is in it'],
    [['--user-id-field', 'secret id'], '--user-id-field takes the name of a field'],
    [['--client-header', 'secret: 1'], '--client-header takes the name of a header'],
    [['--expires-in-field', 'secret'], 'need --access-token-field'],
    [
      ['--sign-in', '/secret', '--sign-out', '/secret'],
      '--sign-in and --sign-out have the same address and the same method, POST',
    ],
  ])('refuses %j with status 2, and repeats no value', async (args, message) => {
    const { terminal, warned } = createTerminal();
    expect(await run(['doctor', 'https://a.example', ...args], terminal)).toBe(2);
    expect(warned.join()).toContain(message);
    expect(warned.join()).not.toContain('secret');
  });
});

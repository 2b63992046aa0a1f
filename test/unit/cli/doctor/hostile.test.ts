import { describe, expect, it } from 'vitest';
import { runDoctor } from '../../../../src/cli/doctor/doctor.ts';
import fc from '../../random.ts';
import { CREDENTIALS, createTerminal } from './server.ts';

const secret = 'SECRET-'.repeat(6);

const statuses = fc.constantFrom(200, 200, 200, 201, 204, 301, 302, 400, 401, 403, 404, 409, 415, 419, 429, 500, 503);
const token = fc.constantFrom(
  secret,
  `e30.${btoa('{"sub":1,"iat":1e400,"exp":"x"}')}.x`,
  `e30.${secret}.x`,
  7,
  null,
  '',
);
const bodies = fc.oneof(
  fc.constantFrom('', '<html>', '[]', 'null', '{', '"text"', '['.repeat(50_000), `{"error":"${secret}"}`),
  fc
    .record(
      {
        access_token: token,
        refresh_token: token,
        token_type: token,
        expires_in: token,
        sid: token,
        seq: token,
        error: token,
        data: fc.object(),
      },
      { requiredKeys: [] },
    )
    .map((body) => JSON.stringify(body)),
);
const cookies = fc.array(
  fc.constantFrom(
    '',
    '=',
    ';',
    `a=${secret}`,
    `refresh=${secret}; Path; Max-Age=x; Expires=never; SameSite`,
    `__Host-refresh=${secret}; Path=//; Domain=.`,
    `refresh=; Max-Age=-1`,
    `refresh=${secret}; path=/auth; HttpOnly; Secure; Max-Age=99999999999999999999`,
  ),
  { maxLength: 3 },
);
const headers = fc.dictionary(
  fc.constantFrom(
    'Date',
    'Location',
    'Content-Type',
    'WWW-Authenticate',
    'Access-Control-Allow-Origin',
    'Retry-After',
    'Cache-Control',
  ),
  fc.constantFrom('', '*', 'x', secret, 'text/html', 'Basic', 'Bearer error=', 'https://app.example'),
);
const answers = fc.array(fc.record({ status: statuses, body: bodies, headers, cookies }), {
  minLength: 1,
  maxLength: 26,
});

describe('doctor', () => {
  it('reports on whatever a server answers, and repeats no secret of it', async () => {
    await fc.assert(
      fc.asyncProperty(answers, fc.boolean(), async (given, isJson) => {
        const { terminal, written } = createTerminal();
        let count = 0;
        const fetch = async (): Promise<Response> => {
          const { status, body, headers, cookies } = given[count % given.length] as (typeof given)[number];
          count += 1;
          const all = new Headers(headers);
          for (const cookie of cookies) all.append('Set-Cookie', cookie);
          return new Response(status === 204 ? null : body, { status, headers: all });
        };
        const args = [
          'https://auth.example',
          '--origin',
          'https://app.example',
          ...CREDENTIALS,
          ...(isJson ? ['--json'] : []),
        ];
        expect([0, 1]).toContain(await runDoctor(args, terminal, { fetch, now: Date.now }));
        expect(written.join()).not.toContain(secret);
        expect(count).toBeLessThanOrEqual(26);
      }),
      { numRuns: 200 },
    );
  });

  it.each([[[]], [['--json']]])('gives no orders of a server to the terminal (%s)', async (more) => {
    const { terminal, written } = createTerminal();
    const fetch = async () =>
      Response.json(
        { access_token: 'x', token_type: 'Bearer', expires_in: 300 },
        { headers: { 'Set-Cookie': '\u009b31mrefresh=1; Path=/\u0085\u009b2J' } },
      );
    await runDoctor(['https://auth.example', ...CREDENTIALS, ...more], terminal, { fetch, now: Date.now });
    expect(written.join()).toContain('31mrefresh');
    expect(written.join()).not.toMatch(/(?!\n)\p{C}/u);
  });

  it('reads no more of an answer than it needs', async () => {
    let sent = 0;
    const endless = () =>
      new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += 1;
          controller.enqueue(new Uint8Array(64 * 1024));
        },
      });
    const { terminal, written } = createTerminal();
    const fetch = async () => new Response(endless());
    expect(await runDoctor(['https://auth.example'], terminal, { fetch, now: Date.now })).toBe(2);
    expect(written.join()).toContain('BODY_TOO_LARGE');
    expect(sent).toBeLessThan(20);
  });
});

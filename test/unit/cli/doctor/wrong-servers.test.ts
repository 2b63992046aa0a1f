import { describe, expect, it } from 'vitest';
import type { AuthorityOptions } from '../../../../src/server/index.ts';
import type { User } from '../../server/fixture.ts';
import {
  answers,
  asked,
  at,
  bodies,
  cookies,
  inTwoProcesses,
  padded,
  strictAboutKeys,
  throttledAfter,
  unrotated,
  withHeaders,
} from './changes.ts';
import { type Change, CREDENTIALS, serve, withHeader } from './server.ts';

const MINUTE_MS = 60_000;

type Wrong = readonly [
  what: string,
  problem: string,
  change?: Change | undefined,
  options?: Partial<AuthorityOptions<User>>,
];

const page = (): Response =>
  new Response('<!doctype html><title>Sign in</title>', { headers: { 'Content-Type': 'text/html' } });
const redirect = (): Response => new Response(null, { status: 302, headers: { Location: '/sign-in' } });
const notFound = (): Response => new Response('none', { status: 404 });
const failed = (): Response => Response.json({ error: 'server_error' }, { status: 500 });

const wrongEndpoints: readonly Wrong[] = [
  ['a refresh endpoint that is elsewhere', 'error endpoint-refresh', at('/auth/refresh', notFound)],
  ['a sign-in endpoint that is elsewhere', 'error endpoint-sign-in', at('/auth/login', notFound)],
  ['a sign-out endpoint that is elsewhere', 'error endpoint-sign-out', at('/auth/logout', notFound)],
  ['a refresh endpoint that fails', 'error endpoint-refresh', at('/auth/refresh', failed)],
  ['a page in place of a refresh', 'error endpoint-refresh', at('/auth/refresh', page)],
  ['a redirect to a sign-in page', 'error endpoint-refresh', at('/auth/refresh', redirect)],
  [
    '403 for a session that has ended',
    'error no-session',
    answers((it) =>
      it.status === 401 && it.headers.has('WWW-Authenticate')
        ? Response.json({ message: 'Forbidden' }, { status: 403 })
        : it,
    ),
  ],
  [
    '200 with an error for nobody',
    'error no-session',
    answers((it) =>
      it.status === 401 && it.headers.has('WWW-Authenticate') ? Response.json({ error: 'expired' }) : it,
    ),
  ],
  [
    '200 with an error for a wrong password',
    'warning endpoint-sign-in',
    answers(async (it) =>
      it.status === 401 && (await it.clone().text()).includes('credentials') ? Response.json({ error: 'wrong' }) : it,
    ),
  ],
  ['a GET that is taken for a POST', 'error get', asked(() => ({ method: 'POST' }))],
];

const wrongCookies: readonly Wrong[] = [
  ['the Path of the sign-in', 'error cookie-path', cookies((it) => it.replace('Path=/', 'Path=/auth/login'))],
  ['Secure on http://localhost', 'warning cookie-secure', cookies((it) => `${it}; Secure`)],
  ['SameSite=None without Secure', 'error cookie-same-site', cookies((it) => it.replace('=Strict', '=None'))],
  ['no SameSite', 'warning cookie-same-site', cookies((it) => it.replace('; SameSite=Strict', ''))],
  ['no HttpOnly', 'error cookie-http-only', cookies((it) => it.replace('; HttpOnly', ''))],
  [
    'a prefix without what it asks for',
    'error cookie-prefix',
    undefined,
    { cookie: { profile: 'dev', name: '__Host-refresh' } },
  ],
  ['a Domain', 'warning cookie-domain', cookies((it) => `${it}; Domain=127.0.0.1`)],
  ['another Domain', 'error cookie-domain', cookies((it) => `${it}; Domain=example.com`)],
  ['no Max-Age', 'warning cookie-lifetime', cookies((it) => it.replace(/; Max-Age=[1-9]\d*/, ''))],
  ['1200 bytes', 'warning cookie-size', padded(1200)],
];

const wrongTokens: readonly Wrong[] = [
  ['answers that may be stored', 'warning no-store', answers((it) => withHeader(it, 'Cache-Control', undefined))],
  [
    'a refresh token in the body',
    'error refresh-token-in-body',
    bodies((it) => ({ ...it, refresh_token: 'r'.repeat(40) })),
  ],
  [
    'the cookie in the body',
    'error refresh-token-in-body',
    answers(async (it) => {
      const [cookie = ''] = it.headers.getSetCookie();
      const value = /=([^;]{16,})/.exec(cookie)?.[1] ?? '';
      return bodies((body) => ({ ...body, session: { secret: value } }))(new Request('http://a'), async () => it);
    }),
  ],
  [
    'a token in an address',
    'error token-in-address',
    bodies((it) => ({ ...it, next: `https://app.example/?access_token=${it.access_token}` })),
  ],
  [
    'a response without an access token',
    'error sign-in',
    bodies(({ access_token, ...it }) => ({ ...it, tokens: { access_token } })),
  ],
  ['another token_type', 'error sign-in', bodies((it) => ({ ...it, token_type: 'DPoP' }))],
  ['no token_type', 'warning token-type', bodies(({ token_type: _, ...it }) => it)],
  ['no expires_in', 'warning expires-in', bodies(({ expires_in: _, ...it }) => it)],
  [
    'expires_in in milliseconds',
    'error expires-in',
    bodies((it) => ({ ...it, expires_in: Number(it.expires_in) * 10 })),
  ],
  ['a text for expires_in', 'warning expires-in', bodies((it) => ({ ...it, expires_in: '15m' }))],
  ['no sid', 'warning sid', bodies(({ sid: _, ...it }) => it)],
  ['no sid after a refresh', 'warning sid', bodies(({ sid, ...it }) => (it.seq === 1 ? { ...it, sid } : it))],
  ['no seq', 'warning seq', bodies(({ seq: _, ...it }) => it)],
  ['a seq that stands still', 'error seq', bodies((it) => ({ ...it, seq: 1 }))],
  ['nobody who is named', 'warning identity', bodies((it) => ({ ...it, access_token: 'o'.repeat(40) }))],
  ['an access token for a day', 'warning lifetime', undefined, { accessTokenLifetimeMs: 24 * 60 * MINUTE_MS }],
  ['an access token for ten seconds', 'warning lifetime', undefined, { accessTokenLifetimeMs: 10_000 }],
  [
    'a cookie that goes before the token',
    'error lifetime',
    cookies((it) => it.replace(/Max-Age=[1-9]\d*/, 'Max-Age=60')),
  ],
  ['a clock that is 5 minutes ahead', 'warning clock', undefined, { now: () => Date.now() + 5 * MINUTE_MS }],
  ['a clock that is 5 minutes behind', 'warning clock', undefined, { now: () => Date.now() - 5 * MINUTE_MS }],
  [
    'a Date header that is 5 minutes behind',
    'warning clock',
    answers((it) => withHeader(it, 'Date', new Date(Date.now() - 5 * MINUTE_MS).toUTCString())),
  ],
];

const wrongSessions: readonly Wrong[] = [
  ['a refresh token that stays the same', 'warning refresh', unrotated()],
  ['a repeated key that is taken for theft', 'error retry', strictAboutKeys()],
  ['a memory store in each of two processes', 'error refresh', inTwoProcesses()],
  ['refreshes that are throttled', 'warning throttled', throttledAfter(4)],
  ['no grace', 'warning overlap', undefined, { graceMs: 0 }],
  [
    'a sign-out that ends nothing',
    'error sign-out',
    at('/auth/logout', () => {
      const headers = { 'Set-Cookie': 'refresh=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict' };
      return new Response(null, { status: 204, headers });
    }),
  ],
  [
    'a sign-out that leaves the cookie',
    'warning sign-out-cookie',
    answers((it) => (it.status === 204 ? withHeader(it, 'Set-Cookie', undefined) : it)),
  ],
  [
    'a sign-out that deletes the cookie at another Path',
    'warning sign-out-cookie',
    cookies((it) => (it.includes('Max-Age=0') ? it.replace('Path=/', 'Path=/auth') : it)),
  ],
  [
    'a refused refresh that deletes the cookie',
    'warning cookie-deleted',
    answers((it) => (it.status === 401 ? withHeader(it, 'Set-Cookie', 'refresh=; Path=/; Max-Age=0') : it)),
  ],
  [
    'a refresh without any defence against forgery',
    'error csrf',
    asked((request) => ({
      headers: withHeaders(request, {
        'X-Auth-Client': '1',
        Origin: new URL(request.url).origin,
        'Sec-Fetch-Site': 'same-origin',
      }),
    })),
  ],
  [
    'a refresh without the header',
    'warning csrf-header',
    asked((request) => ({ headers: withHeaders(request, { 'X-Auth-Client': '1' }) })),
  ],
  [
    'a refresh for a foreign origin',
    'warning csrf-origin',
    asked((request) => ({
      headers: withHeaders(request, { Origin: new URL(request.url).origin, 'Sec-Fetch-Site': 'same-origin' }),
    })),
  ],
];

const subjects: readonly (readonly [string, readonly Wrong[]])[] = [
  ['of a server with', wrongEndpoints],
  ['of a cookie with', wrongCookies],
  ['of tokens:', wrongTokens],
  ['of a session:', wrongSessions],
];

describe.each(subjects)('doctor, %s', (_of, wrong) => {
  for (const [what, problem, change, options] of wrong) {
    it(`finds ${what}, and nothing else`, async () => {
      const server = await serve(options, change);
      const { problems } = await server.report(CREDENTIALS);
      expect(problems).toEqual([problem]);
    });
  }
});

describe('doctor, of a server whose sign-in fails,', () => {
  it('says so twice: of a sign-in without credentials, and of the one with them (S-13)', async () => {
    const server = await serve({}, at('/auth/login', failed));
    const { problems } = await server.report(CREDENTIALS);
    expect(problems).toEqual(['warning endpoint-sign-in', 'error sign-in']);
    const { output } = await server.doctor(CREDENTIALS);
    expect(output).toContain('If something reads the body before the endpoint does');
  });
});

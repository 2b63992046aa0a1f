import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { getRequestListener } from '@hono/node-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AuthorityOptions } from '../../../../src/server/index.ts';
import { createFixture, type TokenBody, type User } from '../fixture.ts';

/** Bytes that a browser keeps at the beginning of a cookie's name, and that Unicode calls a space or no character at all. */
const prefixes: [name: string, bytes: string][] = [
  ['A0, no-break space in Latin-1', '\xa0'],
  ['85, next line in Latin-1', '\x85'],
  ['C2 A0, no-break space in UTF-8', '\xc2\xa0'],
  ['E2 80 80, en quad in UTF-8', '\xe2\x80\x80'],
  ['E3 80 80, ideographic space in UTF-8', '\xe3\x80\x80'],
  ['EF BB BF, byte order mark in UTF-8', '\xef\xbb\xbf'],
  ['AD, soft hyphen in Latin-1', '\xad'],
];

interface Answer {
  readonly status: number;
  readonly cookies: readonly string[];
  readonly body: string;
}

/** The authority on a real server, asked with bytes that no client library would send. */
async function listen(profile: 'host' | 'path') {
  const cookie: AuthorityOptions<User>['cookie'] = { profile };
  const { authority, events } = createFixture({ cookie });
  const server = createServer(getRequestListener((request) => authority.handle(request)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function post(path: string, cookieBytes: string, body = ''): Promise<Answer> {
    const lines = [
      `POST ${path} HTTP/1.1`,
      `Host: ${host}`,
      `Origin: http://${host}`,
      'X-Auth-Client: 1',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      'Connection: close',
      ...(cookieBytes === '' ? [] : [`Cookie: ${cookieBytes}`]),
    ];
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1'));
    const answer = await text(socket);
    const [head = '', ...rest] = answer.split('\r\n\r\n');
    const cookies = [...head.matchAll(/^set-cookie: ([^;]*)/gim)].map(([, pair = '']) => pair);
    return { status: Number(head.split(' ')[1]), cookies, body: /{.*}/s.exec(rest.join(''))?.[0] ?? '' };
  }

  async function signIn(id: string, cookieBytes = '') {
    const answer = await post('/auth/login', cookieBytes, JSON.stringify({ id, password: 'right' }));
    const { sid, access_token } = JSON.parse(answer.body) as TokenBody;
    const isLive = () => authority.verify(access_token).then(Boolean, () => false);
    return { sid, isLive, cookies: answer.cookies };
  }

  return { post, signIn, events };
}

describe.each(['host', 'path'] as const)('a cookie that a sibling host has set, in the %s profile', (profile) => {
  async function world(bytes: string) {
    const server = await listen(profile);
    const mallory = await server.signIn('mallory');
    const planted = mallory.cookies.map((pair) => bytes + pair).join('; ');
    return { ...server, mallory, planted };
  }

  it.each(prefixes)('signs nobody in when its name begins with %s (S-1)', async (_name, bytes) => {
    const { post, planted } = await world(bytes);
    expect(await post('/auth/refresh', planted)).toMatchObject({ status: 204, cookies: [] });
  });

  it.each(prefixes)('costs nobody the session when its name begins with %s (S-1)', async (_name, bytes) => {
    const { post, signIn, planted } = await world(bytes);
    const ann = await signIn('ann');
    for (const cookies of [
      [planted, ...ann.cookies],
      [...ann.cookies, planted],
    ]) {
      const answer = await post('/auth/refresh', cookies.join('; '));
      expect([answer.status, answer.body.includes(ann.sid)]).toEqual([200, true]);
    }
  });

  it.each(prefixes)('is not what a sign-out ends when its name begins with %s (S-1)', async (_name, bytes) => {
    const { post, signIn, mallory, planted } = await world(bytes);
    expect((await post('/auth/logout', planted)).status).toBe(204);
    const ann = await signIn('ann');
    expect((await post('/auth/logout', [planted, ...ann.cookies].join('; '))).status).toBe(204);
    expect([await ann.isLive(), await mallory.isLive()]).toEqual([false, true]);
  });

  it('is not the session that a sign-in replaces (S-1)', async () => {
    const { signIn, mallory, planted } = await world('\xa0');
    await signIn('ann', planted);
    expect(await mallory.isLive()).toBe(true);
  });

  it.each([
    ['in other case', (pair: string) => pair.replace(/^__\w+/, (prefix) => prefix.toLowerCase())],
    ['with A0 behind it', (pair: string) => pair.replace('=', '\xa0=')],
    ['with a space behind it', (pair: string) => pair.replace('=', ' =')],
    ['inside another value', (pair: string) => `x="${pair}"`],
  ])('does not pass for ours by its name %s (S-1)', async (_name, spell) => {
    const { post, mallory } = await world('');
    const planted = mallory.cookies.map(spell).join('; ');
    expect(await post('/auth/refresh', planted)).toMatchObject({ status: 204, cookies: [] });
  });

  it.each([
    ['a comma', 'x=1,'],
    ['a comma and a space', 'x=1, '],
    ['the version that old parsers look for', '$Version=1,'],
  ])('signs nobody in or out after %s in another value (S-1, S-14)', async (_name, bytes) => {
    const { post, signIn, mallory, planted } = await world(bytes);
    const answer = await post('/auth/refresh', planted);
    expect([answer.status, answer.cookies]).toEqual([403, []]);
    const ann = await signIn('ann', planted);
    for (const cookies of [
      [planted, ...ann.cookies],
      [...ann.cookies, planted],
    ]) {
      const refreshed = await post('/auth/refresh', cookies.join('; '));
      expect([refreshed.status, refreshed.body.includes(ann.sid)]).toEqual([200, true]);
    }
    expect((await post('/auth/logout', [planted, ...ann.cookies].join('; '))).status).toBe(204);
    expect([await ann.isLive(), await mallory.isLive()]).toEqual([false, true]);
  });

  it('keeps the spaces and tabs that HTTP allows apart from the names (S-1)', async () => {
    const { post, signIn } = await world('');
    const ann = await signIn('ann');
    const answer = await post('/auth/refresh', `a=b;\t ${ann.cookies.join('\t ;')} \t; c=d`);
    expect(answer.status).toBe(200);
  });
});

describe('a value with bytes that Unicode calls a space', () => {
  it.each(prefixes)('is not ours when it ends with %s (S-1)', async (_name, bytes) => {
    const { post, signIn } = await listen('host');
    const { cookies } = await signIn('ann');
    expect((await post('/auth/refresh', `${cookies[0]}${bytes}`)).status).toBe(401);
  });
});

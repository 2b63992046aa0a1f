import { describe, expect, it } from 'vitest';
import type { FoundTokens } from '../../../../src/auth-server/tokens/find-tokens.ts';
import { readTokenResponse } from '../../../../src/auth-server/tokens/token-response.ts';
import { TokenResponseError } from '../../../../src/client/errors.ts';
import fc from '../../random.ts';

describe('a token', () => {
  it.each<{ form: string; body: unknown }>([
    { form: 'RFC 6749', body: { access_token: 'abc', token_type: 'Bearer', expires_in: 300 } },
    { form: 'camelCase', body: { accessToken: 'abc', tokenType: 'Bearer', expiresIn: 300 } },
    { form: 'access', body: { access: 'abc', refresh: 'R', expires_in: 300 } },
    { form: 'token', body: { token: 'abc', expires_in: 300 } },
    { form: 'access_token under data', body: { data: { access_token: 'abc', expires_in: 300 } } },
    { form: 'accessToken under data', body: { status: 'ok', data: { accessToken: 'abc', expiresIn: 300 } } },
    { form: 'access under data', body: { data: { access: 'abc', expires_in: '300' } } },
    { form: 'token under data', body: { data: { token: 'abc', expiresIn: '300' } } },
    { form: 'unknown members', body: { access_token: 'abc', expires_in: 300, foo: { bar: 1 }, data: 7 } },
  ])('is found in the form $form', ({ body }) => {
    expect(readTokenResponse(body)).toMatchObject({ accessToken: 'abc', lifetimeMs: 300_000 });
  });

  it('of the top is taken before one under data', () => {
    expect(readTokenResponse({ token: 'top', data: { access_token: 'below' } }).accessToken).toBe('top');
  });

  it.each([
    [{}],
    [null],
    [undefined],
    ['access_token'],
    [42],
    [[]],
    [[{ access_token: 'abc' }]],
    [{ access_token: 7 }],
    [{ access_token: null }],
    [{ access_token: '' }],
    [{ access_token: { toString: 'abc' } }],
    [{ data: { data: { access_token: 'abc' } } }],
    [{ refresh_token: 'R' }],
    [Object.create({ access_token: 'inherited' })],
  ])('is not found in %j', (body) => {
    expect(() => readTokenResponse(body)).toThrow(TokenResponseError);
    expect(() => readTokenResponse(body)).toThrow('it holds no access token');
  });

  it.each([
    ['CR LF', 'abc\r\nX-Evil: 1'],
    ['a line feed', 'abc\n'],
    ['a space', 'abc def'],
    ['a space around it', ' abc'],
    ['a letter outside ASCII', 'abcé'],
    ['NUL', 'abc\0'],
    ['DEL', 'abc\x7f'],
    ['the scheme', 'Bearer abc'],
  ])('BB-3 with %s is refused', (_, access_token) => {
    expect(() => readTokenResponse({ access_token })).toThrow(TokenResponseError);
    expect(() => readTokenResponse({ access_token })).toThrow('characters that no header may have');
  });

  it('BB-3 is refused without being named', () => {
    try {
      readTokenResponse({ access_token: 'secret\r\nx' });
      expect.unreachable();
    } catch (error) {
      expect(`${String(error)}${JSON.stringify(error)}`).not.toContain('secret');
    }
  });

  it.each(['abc', 'a.b.c', 'a-b_c~d+e/f', 'abc==', 'x'.repeat(100_000)])('of the b64token form is taken', (token) => {
    expect(readTokenResponse({ access_token: token }).accessToken).toBe(token);
  });

  it.each([
    ['Laravel Sanctum', '1|laravel_sanctum_abcDEF'],
    ['Salesforce', '00D5e000000!AQ.x_y'],
    ['any visible ASCII', String.fromCharCode(...Array.from({ length: 0x7e - 0x21 + 1 }, (_, n) => 0x21 + n))],
  ])('of %s is taken, and can be sent as it is (C-22)', (_, token) => {
    expect(readTokenResponse({ access_token: token }).accessToken).toBe(token);
    expect(new Headers({ Authorization: `Bearer ${token}` }).get('authorization')).toBe(`Bearer ${token}`);
  });
});

describe('token_type (TOK-3)', () => {
  it.each(['Bearer', 'bearer', 'BEARER', undefined, null])('%s is taken', (token_type) => {
    expect(readTokenResponse({ access_token: 'abc', token_type }).accessToken).toBe('abc');
  });

  it.each(['mac', 'DPoP', '', 'Bearer ', 7, {}, ['x']])('%j is refused', (token_type) => {
    expect(() => readTokenResponse({ access_token: 'abc', token_type })).toThrow(TokenResponseError);
    expect(() => readTokenResponse({ access_token: 'abc', token_type })).toThrow('`token_type` is not Bearer');
  });

  it('is read in camelCase, too', () => {
    expect(() => readTokenResponse({ accessToken: 'abc', tokenType: 'mac' })).toThrow(TokenResponseError);
  });
});

describe('the other members', () => {
  it('are kept, without any token', () => {
    const body = {
      access_token: 'abc',
      refresh_token: 'R',
      refreshToken: 'R',
      refresh: 'R',
      id_token: 'I',
      token_type: 'Bearer',
      user: { id: 1 },
      scope: 'read',
    };
    expect(readTokenResponse(body).members).toEqual({ user: { id: 1 }, scope: 'read' });
  });

  it('are kept without the access token, whatever its name there', () => {
    const readTokens = (body: unknown): FoundTokens => ({ accessToken: (body as { jwt: string }).jwt });
    expect(readTokenResponse({ jwt: 'abc', user: 1 }, readTokens).members).toEqual({ user: 1 });
  });

  it('stand beside those under data', () => {
    const body = { ok: true, data: { accessToken: 'abc', refreshToken: 'R', user: { id: 1 } } };
    expect(readTokenResponse(body).members).toEqual({ ok: true, user: { id: 1 } });
  });

  it.each<[unknown, unknown]>([
    ['s1', 's1'],
    [7, '7'],
    [0, '0'],
    [9007199254740991, '9007199254740991'],
    [9007199254740992, undefined],
    [1.5, undefined],
    [Number.NaN, undefined],
    [null, undefined],
    [{}, undefined],
  ])('sid %j is read as %j (C-38)', (sid, read) => {
    expect(readTokenResponse({ access_token: 'abc', sid }).sid).toBe(read);
  });

  it.each<[unknown, unknown]>([
    [3, 3],
    [0, 0],
    ['3', undefined],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
  ])('seq %j is read as %j', (seq, read) => {
    expect(readTokenResponse({ access_token: 'abc', seq }).seq).toBe(read);
  });

  it('TOK-13 named __proto__ change no prototype', () => {
    const body: unknown = JSON.parse(
      '{"access_token":"abc","__proto__":{"polluted":true,"sid":"evil"},"constructor":{"x":1}}',
    );
    const read = readTokenResponse(body);
    expect(read.sid).toBeUndefined();
    expect(Object.getPrototypeOf(read.members)).toBe(Object.prototype);
    expect({}).not.toHaveProperty('polluted');
  });

  it('TOK-13 of any JSON leave Object.prototype alone, and nothing but TokenResponseError is thrown', () => {
    const names = fc.constantFrom(
      'access_token',
      'token',
      'data',
      '__proto__',
      'constructor',
      'user',
      'expires_in',
      'sid',
    );
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom('abc', 'abc', 'abc', 'a b', 1, null, true),
        tie('object'),
      ),
      object: fc
        .array(fc.tuple(names, tie('value')), { maxLength: 5 })
        .map((entries): unknown =>
          JSON.parse(`{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`),
        ),
    })).object;
    let read = 0;
    fc.assert(
      fc.property(json, (body) => {
        try {
          readTokenResponse(body);
          read++;
        } catch (error) {
          expect(error).toBeInstanceOf(TokenResponseError);
        }
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
    expect(read).toBeGreaterThan(20);
  });
});

describe('readTokens', () => {
  it('finds tokens in a form of their own', () => {
    const readTokens = (body: unknown): FoundTokens => {
      const { auth } = body as { auth: { at: string } };
      return { accessToken: auth.at, expiresIn: 60, sid: 's', seq: 4 };
    };
    expect(readTokenResponse({ auth: { at: 'abc' } }, readTokens)).toMatchObject({
      accessToken: 'abc',
      lifetimeMs: 60_000,
      sid: 's',
      seq: 4,
    });
  });

  it('that throws is a TokenResponseError with its cause', () => {
    const cause = new Error('no such member');
    const read = () =>
      readTokenResponse({}, () => {
        throw cause;
      });
    expect(read).toThrow(expect.objectContaining({ code: 'token_response', cause }) as Error);
    expect(read).toThrow('`readTokens` threw');
  });

  it.each([undefined, null, {}, { accessToken: '' }, { accessToken: 7 }, 'abc'])(
    'that finds %j is refused',
    (found) => {
      expect(() => readTokenResponse({}, () => found as unknown as FoundTokens)).toThrow(TokenResponseError);
    },
  );

  it('cannot return a token that no header may hold', () => {
    expect(() => readTokenResponse({}, () => ({ accessToken: 'a\r\nb' }))).toThrow(TokenResponseError);
  });
});

describe('members', () => {
  it('named as tokens do not get through, at any depth, and the others do', () => {
    const since = new Date(0);
    const { members } = readTokenResponse({
      access_token: 'abc',
      user: { id: 1, sessionToken: 'x', tokens: { refresh: 'y' }, tokenBalance: 3, since, roles: ['a'] },
    });
    expect(members).toEqual({ user: { id: 1, tokenBalance: 3, since, roles: ['a'] } });
  });

  it('with the access token in them do not get through, whatever they are named, at any depth', () => {
    const { members } = readTokenResponse({
      access_token: 'abc',
      header: 'Bearer abc',
      user: { id: 1, credential: 'abc', roles: ['abc', 'admin'] },
    });
    expect(members).toEqual({ user: { id: 1, roles: ['admin'] } });
  });

  it.each([
    ['in the query of an address', { socket: 'wss://a.test/?token=1%7CabcdefghijklmnopQRS' }],
    ['as a name', { lastUsed: { '1|abcdefghijklmnopQRS': 7 } }],
  ])('do not get through where the access token stands in them %s', (_, member) => {
    const { members } = readTokenResponse({ access_token: '1|abcdefghijklmnopQRS', user: { id: 1, ...member } });
    expect(JSON.stringify(members)).not.toMatch(/abcdefghijklmnop/);
  });

  it('that are encrypted tokens, whose second part may be empty, do not get through', () => {
    const { members } = readTokenResponse({
      access_token: 'abc',
      user: { id: 1, credential: 'eyJhbGciOiJkaXIifQ..aXY.Yw.dGFn' },
    });
    expect(members).toEqual({ user: { id: 1 } });
  });

  it('get through if a word in them only contains a token as short as those of tests', () => {
    const members = { user: { id: 1, name: 'Max', plan: 'x-large' } };
    expect(readTokenResponse({ access_token: 'x', ...members }).members).toEqual(members);
  });

  it('that speak of tokens, and are none, do (C-30)', () => {
    const members = {
      user: { tokenQuota: { daily: 5 }, tokensUsed: '12', jwtEnabled: 'yes', refreshTokenExpiresAt: '2030-01-01' },
      access: ['read'],
      data: { plan: 'pro' },
    };
    expect(readTokenResponse({ access_token: 'abc', ...members }).members).toEqual(members);
  });

  it('are kept beside a token whose name is `access`, and under `data` beside one that stands there (C-30)', () => {
    const data = { access: 'abc', plan: 'pro', user: { access: 'admin' } };
    expect(readTokenResponse({ data, ok: true }).members).toEqual({ ok: true, plan: 'pro', user: { access: 'admin' } });
  });

  it('under `data` stand beside the others, too, if readTokens found the token there (C-30)', () => {
    const body = { data: { jwt: 'abc', user: { id: 1 } }, ok: true };
    const readTokens = (): FoundTokens => ({ accessToken: body.data.jwt });
    expect(readTokenResponse(body, readTokens).members).toEqual({ ok: true, user: { id: 1 } });
  });

  it.each(['credential', 'assertion', 'tokenOfMine'])('that are a JWT do not get through as %s (C-30)', (name) => {
    const jwt = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.sig';
    const body = { access_token: 'abc', user: { id: 1, [name]: jwt, header: `Bearer ${jwt}` } };
    expect(readTokenResponse(body).members).toEqual({ user: { id: 1 } });
  });

  it('that speak of a refresh, and are none, do', () => {
    const members = { refresh_after: 'noon', last_refresh: 'midnight' };
    expect(readTokenResponse({ access_token: 'abc', refresh: 'R', ...members }).members).toEqual(members);
  });

  it('are read 32 levels deep, and refused beyond', () => {
    const nested = (levels: number): object => (levels === 1 ? {} : { a: nested(levels - 1) });
    const read = (levels: number) => readTokenResponse({ access_token: 'abc', user: nested(levels) }).members;
    expect(read(32)).toEqual({ user: nested(32) });
    expect(() => read(33)).toThrow(/nested too deeply/);
  });

  it('that go round in circles are refused', () => {
    const user: Record<string, unknown> = {};
    user.self = user;
    expect(() => readTokenResponse({ access_token: 'abc', user })).toThrow(/nested too deeply/);
  });
});

import { describe, expect, it, vi } from 'vitest';
import { retryAfterMs } from '../../../src/auth-server/backoff.ts';
import { classifyResponse, errorOf, readBody } from '../../../src/auth-server/classify-response.ts';
import { findTokens } from '../../../src/auth-server/tokens/find-tokens.ts';
import { readTokenResponse } from '../../../src/auth-server/tokens/token-response.ts';
import { tokenSetOf } from '../../../src/auth-server/tokens/token-set.ts';
import { TokenResponseError } from '../../../src/client/errors.ts';
import { isProxyChallenge, isTokenChallenge, parseChallenges } from '../../../src/requests/challenge.ts';
import { isSameClaims } from '../../../src/session/same-claims.ts';
import { createOrigin, KEY } from '../tabs/record/origin.ts';

// For as long as a busy machine takes.
vi.setConfig({ testTimeout: 60_000 });

/**
 * A reading of a megabyte takes milliseconds where it is linear, and minutes where it is quadratic. The shorter ones come
 * first, so that a slow reading is found before it takes long.
 */
const expectLinear = (make: (length: number) => string, read: (text: string) => unknown): void => {
  for (const length of [10_000, 100_000, 1_000_000]) {
    const text = make(length);
    expect(text.length).toBeGreaterThan(length / 2);
    const before = process.cpuUsage();
    read(text);
    // Not by the clock, which other work on the machine makes run ahead.
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(5000);
  }
};

const nested = (open: string, inner: string, close: string, depth: number): string =>
  open.repeat(depth) + inner + close.repeat(depth);

const texts: readonly (readonly [name: string, make: (length: number) => string])[] = [
  ['letters', (n) => 'a'.repeat(n)],
  ['spaces', (n) => ' '.repeat(n)],
  ['tabs and a letter', (n) => `${'\t'.repeat(n)}x`],
  ['commas', (n) => ','.repeat(n)],
  ['quotes', (n) => '"'.repeat(n)],
  ['backslashes', (n) => '\\'.repeat(n)],
  ['equals signs', (n) => '='.repeat(n)],
  ['digits', (n) => '9'.repeat(n)],
  ['brackets', (n) => '('.repeat(n)],
  ['dots', (n) => '.'.repeat(n)],
  ['a scheme, and quotes never closed', (n) => `Bearer a="${'\\"'.repeat(n / 2)}`],
  ['schemes with a quote never closed in each', (n) => 'a b="'.repeat(n / 5)],
  ['a parameter, and spaces before a letter', (n) => `Bearer a=b${' '.repeat(n)}c`],
  ['names, equals signs and no values', (n) => `Bearer ${'a= ,'.repeat(n / 4)}`],
  ['token68 and more of it', (n) => `Basic ${'a='.repeat(n / 2)} b`],
  ['empty quotes', (n) => `Bearer ${'a="",'.repeat(n / 5)}`],
];

describe('one megabyte', () => {
  it.each(texts)('of %s as a WWW-Authenticate header is read in linear time', (_, make) => {
    expectLinear(make, parseChallenges);
  });

  it.each([
    ...texts,
    ['beginnings of a JWT', (n: number) => '-eyJ'.repeat(n / 4)],
    ['headers of a JWT', (n: number) => ' eyJa.'.repeat(n / 6)],
    ['names of tokens', (n: number) => 'access_token9'.repeat(n / 13)],
    ['names of factors', (n: number) => 'otpMFA_'.repeat(n / 7)],
  ] as const)('of %s beside a token, as name and as text, is read in linear time (C-30, C-31)', (_, make) => {
    expectLinear(make, (text) => {
      const body = { [text]: text, next: text };
      readTokenResponse({ access_token: 'abc', ...body });
      const found = findTokens({ token: 'abc', ...body });
      // What others have written is not repeated at length.
      if ('missing' in found) expect(found.missing.length).toBeLessThan(300);
    });
  });

  it.each(texts)('of %s as Retry-After is read in linear time', (_, make) => {
    expectLinear(make, (text) => retryAfterMs(new Headers({ 'retry-after': text, date: text }), 0));
  });

  it.each(texts)('of %s as an access token is read, or refused, in linear time', (_, make) => {
    expectLinear(make, (access_token) => {
      try {
        return readTokenResponse({ access_token });
      } catch (error) {
        expect(error).toBeInstanceOf(TokenResponseError);
        return undefined;
      }
    });
  });

  it.each(texts)('of %s as a stored record, or in one, is read in linear time', (_, make) => {
    expectLinear(make, (text) => {
      const { record, stored } = createOrigin();
      stored.set(KEY, text);
      expect(record.session.read()).toBeUndefined();
      record.session.write({ sessionKey: text });
      expect(record.session.read()).toEqual({ sessionKey: text });
      record.pendingKey.write({ key: text, sentAt: 0 });
      expect(record.pendingKey.read()).toBeUndefined();
    });
  });

  it.each(texts)('of %s as an answer is judged in linear time', (_, make) => {
    expectLinear(make, (text) => {
      const headers = { 'content-type': text.replaceAll('\\', '/'), 'www-authenticate': text };
      const response = new Response(null, { status: 401, headers });
      classifyResponse(response, text);
      isTokenChallenge(response);
      isProxyChallenge(response.headers);
      return errorOf({ error: text });
    });
  });

  it('of members, and of lists, in a token response is read in linear time', () => {
    expectLinear(
      (n) => `{"access_token":"abc","list":[${'1,'.repeat(n / 2)}1],"token${'x'.repeat(n / 10)}":1}`,
      (text) => readTokenResponse(JSON.parse(text)),
    );
    expectLinear(
      (n) => `{${Array.from({ length: n / 10 }, (_, i) => `"k${i}":1,`).join('')}"token":"abc"}`,
      (text) => readTokenResponse(JSON.parse(text)),
    );
  });
});

describe('JSON that is nested 10,000 deep', () => {
  const read = (text: string) => () => readTokenResponse(JSON.parse(text));

  it('is read as JSON', async () => {
    const text = nested('[', '', ']', 10_000);
    expect(await readBody(new Response(text))).toBeInstanceOf(Array);
  });

  it('in objects beside a token is refused by a TokenResponseError', () => {
    expect(read(`{"access_token":"abc","a":${nested('{"a":', '1', '}', 10_000)}}`)).toThrow(TokenResponseError);
  });

  it('in lists beside a token is refused by a TokenResponseError', () => {
    expect(read(`{"access_token":"abc","a":${nested('[', '1', ']', 10_000)}}`)).toThrow(TokenResponseError);
  });

  it('in `data` is no token response', () => {
    expect(read(nested('{"data":', '{"access_token":"abc"}', '}', 10_000))).toThrow(TokenResponseError);
  });

  it.each([
    ['objects', '{"a":', '}'],
    ['lists', '[', ']'],
  ])('in a record, of %s, is none, or left out', (_, open, close) => {
    const deep = nested(open, '1', close, 10_000);
    const { record, stored } = createOrigin();
    stored.set(KEY, deep);
    expect(record.session.read()).toBeUndefined();
    stored.set(KEY, `{"v":1,"sessionKey":"e","other":${deep},"expiresAt":${deep}}`);
    expect(record.session.read()).toEqual({ sessionKey: 'e' });
  });

  it('in a body is judged by its status', () => {
    const body: unknown = JSON.parse(nested('{"error":', '"invalid_grant"', '}', 10_000));
    expect(classifyResponse(new Response(null, { status: 400 }), body)).toMatchObject({ is: 'transient' });
    expect(classifyResponse(new Response(null, { status: 401 }), body)).toMatchObject({
      is: 'rejected',
      reason: 'expired',
    });
  });

  it('in claims is compared without an end of the stack, and counts as different', () => {
    const claims = () => JSON.parse(nested('[', '1', ']', 10_000)) as unknown;
    expect(isSameClaims(claims(), claims())).toBe(false);
  });

  it('in a JWT is a payload', () => {
    const payload = `{"a":${nested('[', '1', ']', 10_000)}}`;
    const [header, body] = ['{}', payload].map((text) => Buffer.from(text).toString('base64url'));
    const reading = { parseClaims: (raw: unknown) => raw, userId: () => 'ann' };
    const { user } = tokenSetOf(
      readTokenResponse({ access_token: `${header}.${body}.x` }),
      { wallAt: 0, monotonicAt: 0 },
      undefined,
      reading,
    );
    expect(user.claims).toHaveProperty('a');
  });
});

describe('claims that go round in circles', () => {
  it('are compared without an end of the stack, and count as different', () => {
    const claims = () => {
      const made: Record<string, unknown> = { sub: 'ann' };
      made.self = { user: made };
      return made;
    };
    expect(isSameClaims(claims(), claims())).toBe(false);
  });
});

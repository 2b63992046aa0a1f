import { describe, expect, it } from 'vitest';
import {
  type ClassifyRefresh,
  classifyResponse,
  errorOf,
  type RefreshResponse,
  readBody,
} from '../../../src/auth-server/classify-response.ts';

interface Given {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

const classify = async ({ status, body, headers = {} }: Given, rule?: ClassifyRefresh) => {
  const response = new Response(body ?? null, { status, headers });
  return classifyResponse(response, await readBody(response), rule);
};

const json = (value: unknown): string => JSON.stringify(value);
const oauth = (error: string): string => json({ error });

describe('what ends a session', () => {
  it.each<Given>([
    { status: 401 },
    { status: 401, body: oauth('invalid_grant') },
    { status: 401, body: oauth('something_else') },
    { status: 401, body: 'Unauthorized' },
    { status: 401, body: json({ message: 'jwt expired' }) },
    { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } },
    { status: 204 },
    ...[
      'invalid_grant',
      'invalid_token',
      'invalid_client',
      'unauthorized_client',
      'access_denied',
      'login_required',
    ].flatMap((error) => [400, 403].map((status) => ({ status, body: oauth(error) }))),
  ])('TOK-5 is a definitive answer: $status $body', async (given) => {
    expect(await classify(given)).toMatchObject({ is: 'rejected' });
  });

  it.each<Given>([
    { status: 400 },
    { status: 400, body: oauth('invalid_request') },
    { status: 400, body: oauth('toString') },
    { status: 400, body: 'invalid_grant' },
    { status: 400, body: json('invalid_grant') },
    { status: 400, body: json({ error: ['invalid_grant'] }) },
    { status: 400, body: json({ error: { code: 'invalid_grant' } }) },
    { status: 403 },
    { status: 403, body: json({ error: 'csrf' }) },
    { status: 403, body: '<html>403 Forbidden</html>', headers: { 'content-type': 'text/html' } },
    { status: 401, body: '<!doctype html><title>Log in to the network</title>' },
    { status: 401, body: '\n  <html></html>' },
    { status: 401, body: 'log in', headers: { 'content-type': 'text/html; charset=utf-8' } },
    { status: 401, body: 'log in', headers: { 'content-type': 'application/xhtml+xml' } },
    { status: 401, headers: { 'www-authenticate': 'Basic realm="proxy"' } },
    { status: 401, headers: { 'www-authenticate': 'Negotiate' } },
    { status: 401, headers: { 'www-authenticate': 'Bearer, NTLM' } },
    { status: 300 },
    { status: 404 },
    { status: 404, body: oauth('invalid_grant') },
    { status: 407 },
    { status: 408 },
    { status: 409 },
    { status: 410 },
    { status: 419 },
    { status: 422, body: oauth('invalid_grant') },
    { status: 425 },
    { status: 429 },
    { status: 500, body: oauth('invalid_grant') },
    { status: 502 },
    { status: 503 },
    { status: 504 },
    { status: 304 },
  ])('TOK-5 is not: $status $body $headers', async (given) => {
    expect(await classify(given)).toEqual({ is: 'transient', problem: { kind: 'status', status: given.status } });
  });

  it('TOK-5 is not an answer without a status', () => {
    expect(classifyResponse(Response.error(), '')).toEqual({ is: 'transient', problem: { kind: 'status', status: 0 } });
  });

  it('TOK-5 is not a redirect, which is a problem of its own (C-24)', () => {
    const redirect = Object.defineProperty(Response.error(), 'type', { value: 'opaqueredirect' });
    expect(classifyResponse(redirect, '')).toEqual({ is: 'transient', problem: { kind: 'redirected' } });
    expect(classifyResponse(redirect, '', () => 'rejected')).toMatchObject({ is: 'rejected' });
  });

  it.each([200, 201, 202])('is not decided by a %d, whose body has to have a token', async (status) => {
    expect(await classify({ status, body: json({ token: 'abc' }) })).toEqual({ is: 'tokens', body: { token: 'abc' } });
  });
});

describe('the reason', () => {
  it.each([
    [json({ error: 'invalid_grant', reason: 'reused' }), 'reused'],
    [json({ reason: 'revoked' }), 'revoked'],
    [json({ reason: 'expired' }), 'expired'],
    [json({ reason: 'toString' }), 'expired'],
    [json({ reason: ['revoked'] }), 'expired'],
    ['{"__proto__":{"reason":"revoked"}}', 'expired'],
    [json('revoked'), 'expired'],
    [json(null), 'expired'],
    ['', 'expired'],
  ])('of %s is %s', async (body, reason) => {
    expect(await classify({ status: 401, body })).toMatchObject({ is: 'rejected', reason });
  });
});

describe('classifyRefresh', () => {
  it('is given status, error, headers and body', async () => {
    const seen: RefreshResponse[] = [];
    await classify({ status: 403, body: json({ error: 'csrf', a: 1 }), headers: { 'x-why': 'filter' } }, (answer) => {
      seen.push(answer);
      return undefined;
    });
    expect(seen).toMatchObject([{ status: 403, error: 'csrf', body: { error: 'csrf', a: 1 } }]);
    expect(seen[0]?.headers.get('x-why')).toBe('filter');
  });

  it.each<[ReturnType<ClassifyRefresh>, Given, string]>([
    ['rejected', { status: 403 }, 'rejected'],
    ['rejected', { status: 200, body: json({ token: 'abc' }) }, 'rejected'],
    ['anonymous', { status: 404 }, 'rejected'],
    ['transient', { status: 401 }, 'transient'],
    ['transient', { status: 200, body: json({ token: 'abc' }) }, 'transient'],
    [undefined, { status: 401 }, 'rejected'],
    [undefined, { status: 500 }, 'transient'],
  ])('saying %s of %j decides: %s', async (said, given, is) => {
    expect((await classify(given, () => said)).is).toBe(is);
  });
});

describe('errorOf', () => {
  it.each<[unknown, string | undefined]>([
    [{ error: 'invalid_grant' }, 'invalid_grant'],
    [{ error: 7 }, undefined],
    [Object.create({ error: 'inherited' }), undefined],
    ['invalid_grant', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('%j: %s', (body, error) => {
    expect(errorOf(body)).toBe(error);
  });
});

describe('readBody', () => {
  it.each([
    ['{"a":1}', { a: 1 }],
    ['{"a":', '{"a":'],
    ['', ''],
    ['null', null],
    ['<html>', '<html>'],
  ])('reads %s', async (text, body) => {
    expect(await readBody(new Response(text))).toEqual(body);
  });

  it('rejects if the connection breaks in the middle', async () => {
    const stream = new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode('{"access_token":'));
        controller.error(new TypeError('network error'));
      },
    });
    await expect(readBody(new Response(stream))).rejects.toThrow('network error');
  });
});

describe('the code of the answer that ended a session', () => {
  it.each([
    ['{"error":"invalid_grant"}', 'invalid_grant'],
    ['{"error":"something_of_its_own"}', undefined],
    ['{"error":7}', undefined],
    ['', undefined],
  ])('in %s is %s: one of a fixed set, so that nothing else gets into a log', async (body, error) => {
    expect(await classify({ status: 401, body })).toMatchObject({ is: 'rejected', error });
  });
});

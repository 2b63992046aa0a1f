import { describe, expect, it, vi } from 'vitest';
import { classifyResponse } from '../../../src/auth-server/classify-response.ts';
import fc from '../random.ts';
import { header } from './challenge-header.ts';
import { hostileJson } from './hostile-json.ts';

// For as long as a busy machine takes.
vi.setConfig({ testTimeout: 60_000 });

const ending = [
  'invalid_grant',
  'invalid_token',
  'invalid_client',
  'unauthorized_client',
  'access_denied',
  'login_required',
] as const;
const code = fc.oneof(
  fc.constantFrom(...ending),
  fc.constantFrom('invalid_request', 'csrf', 'INVALID_GRANT', ' invalid_grant', 'invalid_grant,', 'toString'),
  fc.string(),
);
const reason = fc.constantFrom<unknown>('expired', 'revoked', 'reused', 'other', 7, null, undefined);

/** A body, and the code that it names. */
const body = fc.oneof(
  fc.tuple(code, reason).map(([error, why]) => ({ body: { error, reason: why } as unknown, error, why })),
  fc.constantFrom('<html>', '\n <!doctype html>', '<').map((text) => ({ body: text as unknown, isHtml: true })),
  fc.constantFrom('', 'invalid_grant', '{"error":', 'x <html>').map((text) => ({ body: text as unknown })),
  code.map((error) => ({ body: JSON.parse(`{"__proto__":${JSON.stringify({ error })}}`) as unknown })),
  hostileJson.filter((value) => typeof value !== 'string').map((value) => ({ body: [value] as unknown })),
);
const type = fc.constantFrom('application/json', 'text/html', 'TEXT/HTML; charset=x', 'application/xhtml+xml', '');
const status = fc.oneof(fc.constantFrom(200, 204, 400, 401, 403, 429, 503), fc.integer({ min: 200, max: 599 }));

describe('an answer of the refresh endpoint', () => {
  it('ends the session if it is on the list of definitive answers, and in no other case', () => {
    const seen = { rejected: 0, transient: 0, tokens: 0 };
    fc.assert(
      fc.property(status, body, type, fc.option(header), (code, given, contentType, challenge) => {
        const { error, isHtml } = { error: undefined, isHtml: false, ...given };
        const asksForPassword = challenge?.meant.some(({ scheme }) => ['basic', 'negotiate', 'ntlm'].includes(scheme));
        const isText = typeof given.body === 'string' && given.body !== '';
        const isHtmlAnswer = isHtml || (isText && /html/i.test(contentType));
        const ends =
          code === 204 ||
          (code === 401 && !isHtmlAnswer && asksForPassword !== true) ||
          ([400, 403].includes(code) && ending.some((known) => known === error));
        const expected = ends ? 'rejected' : code < 300 ? 'tokens' : 'transient';
        const headers = new Headers({ 'content-type': contentType });
        if (challenge !== null) headers.set('www-authenticate', challenge.text);
        expect(classifyResponse(new Response(null, { status: code, headers }), given.body).is).toBe(expected);
        seen[expected]++;
      }),
      { numRuns: 3000 },
    );
    for (const floor of Object.values(seen)) expect(floor).toBeGreaterThan(200);
  });

  it('gives a reason of the three there are', () => {
    const seen = { expired: 0, revoked: 0, reused: 0 };
    fc.assert(
      fc.property(code, fc.oneof(reason, hostileJson), (error, why) => {
        const outcome = classifyResponse(new Response(null, { status: 401 }), { error, reason: why });
        const expected = why === 'revoked' || why === 'reused' ? why : 'expired';
        expect(outcome).toMatchObject({ is: 'rejected', reason: expected });
        seen[expected]++;
      }),
      { numRuns: 1000 },
    );
    for (const floor of Object.values(seen)) expect(floor).toBeGreaterThan(30);
  });
});

import { describe, expect, it, vi } from 'vitest';
import { findTokens } from '../../../src/auth-server/tokens/find-tokens.ts';
import { readTokenResponse } from '../../../src/auth-server/tokens/token-response.ts';
import { TokenResponseError } from '../../../src/client/errors.ts';
import fc from '../random.ts';
import { hostileAnswer, hostileText, prototypesOf } from './hostile-json.ts';
import { form, refreshMark } from './token-forms.ts';

// For as long as a busy machine takes.
vi.setConfig({ testTimeout: 60_000 });

const clean = JSON.stringify(prototypesOf());
const bearerSyntax = /^[!-~]+$/;

describe('a token response in any of the accepted forms', () => {
  it('gives exactly what was put in', () => {
    const floors = { wrapped: 0, lasting: 0, endless: 0, withSid: 0 };
    fc.assert(
      fc.property(form, ({ text, token, lifetimeMs, sid, seq, isWrapped }) => {
        const body: unknown = JSON.parse(text);
        expect(findTokens(body)).toMatchObject({ accessToken: token });
        expect(readTokenResponse(body)).toMatchObject({ accessToken: token, lifetimeMs, sid, seq, raw: {} });
        floors.wrapped += Number(isWrapped);
        floors.lasting += Number(lifetimeMs !== undefined);
        floors.endless += Number(lifetimeMs === undefined);
        floors.withSid += Number(sid !== undefined);
      }),
      { numRuns: 1000 },
    );
    for (const floor of Object.values(floors)) expect(floor).toBeGreaterThan(100);
  });

  it('gives on no refresh token, and the access token in its place alone', () => {
    let planted = 0;
    fc.assert(
      fc.property(form, ({ text, token, refreshNames }) => {
        const { accessToken: _, ...rest } = readTokenResponse(JSON.parse(text));
        expect(JSON.stringify(rest)).not.toContain(refreshMark);
        expect(JSON.stringify(rest)).not.toContain(token);
        planted += Number(refreshNames.length > 0);
      }),
      { numRuns: 1000 },
    );
    expect(planted).toBeGreaterThan(300);
  });

  it('is read a second time as the first time: nothing of it is changed', () => {
    fc.assert(
      fc.property(form, ({ text }) => {
        const body: unknown = JSON.parse(text);
        const first = readTokenResponse(body);
        expect(JSON.stringify(body)).toBe(JSON.stringify(JSON.parse(text)));
        expect(readTokenResponse(body)).toEqual(first);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a token response that is no such thing', () => {
  it('is a TokenResponseError or has a token that a header may hold, and a life that a timer understands', () => {
    const seen = { read: 0, refused: 0, prototype: 0 };
    fc.assert(
      fc.property(fc.oneof(hostileText, hostileAnswer), (text) => {
        const body: unknown = JSON.parse(text);
        seen.prototype += Number(text.includes('"__proto__"'));
        try {
          const { accessToken, lifetimeMs, sid, seq, members } = readTokenResponse(body);
          expect(accessToken).toMatch(bearerSyntax);
          expect(lifetimeMs === undefined || (lifetimeMs > 0 && Number.isFinite(lifetimeMs))).toBe(true);
          expect(['undefined', 'string']).toContain(typeof sid);
          expect(seq === undefined || Number.isFinite(seq)).toBe(true);
          expect(Object.getPrototypeOf(members)).toBe(Object.prototype);
          seen.read++;
        } catch (error) {
          if (!(error instanceof TokenResponseError)) throw error;
          seen.refused++;
        }
        expect(JSON.stringify(prototypesOf())).toBe(clean);
      }),
      { numRuns: 4000 },
    );
    for (const floor of Object.values(seen)) expect(floor).toBeGreaterThan(100);
  });

  it('is taken for none by `findTokens` where it has none to be read', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const body: unknown = JSON.parse(text);
        if (!('missing' in findTokens(body))) return;
        expect(() => readTokenResponse(body)).toThrow(TokenResponseError);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a member that is `null`', () => {
  it('is one that is missing: `tokenType`', () => {
    expect(readTokenResponse({ accessToken: 'abc', tokenType: null, expiresIn: 300 }).accessToken).toBe('abc');
  });
});

describe('a token that was given a second home', () => {
  const membersOf = (body: unknown) => JSON.stringify(readTokenResponse(body).members);

  it('is not given on as `refresh` deeper down', () => {
    expect(membersOf({ access_token: 'abc', session: { refresh: 'SECRET', id: 1 } })).not.toContain('SECRET');
  });

  it('is not given on in a list', () => {
    expect(membersOf({ access_token: 'SECRET', history: ['SECRET'] })).not.toContain('SECRET');
  });

  it('is not given on with its scheme before it', () => {
    expect(membersOf({ access_token: 'SECRET', authorization: 'Bearer SECRET' })).not.toContain('SECRET');
  });

  it('is not given on in an object without a prototype', () => {
    const user = Object.assign(Object.create(null) as object, { refresh_token: 'SECRET' });
    expect(membersOf({ access_token: 'abc', user })).not.toContain('SECRET');
  });
});

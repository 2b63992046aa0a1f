import { describe, expect, it, vi } from 'vitest';
import { identify } from '../../../src/auth-server/tokens/claims.ts';
import { readTokenResponse, type TokenResponse } from '../../../src/auth-server/tokens/token-response.ts';
import { tokenSetOf, type UserReading } from '../../../src/auth-server/tokens/token-set.ts';
import { TokenResponseError } from '../../../src/client/errors.ts';
import fc from '../random.ts';
import { hostileAnswer, hostileJson, hostileText, prototypesOf } from './hostile-json.ts';

// For as long as a busy machine takes.
vi.setConfig({ testTimeout: 60_000 });

type Members = Readonly<Record<string, unknown>>;

const clean = JSON.stringify(prototypesOf());
const encode = (text: string): string => Buffer.from(text).toString('base64url');
const jwtOf = (payload: string): string => `${encode('{"alg":"none"}')}.${encode(payload)}.sig`;
const now = { wallAt: 0, monotonicAt: 0 };
const id = fc.constantFrom('ann', 'bob', undefined);
const name = fc.constantFrom('s1', 's2', undefined);

const hostileFunction: fc.Arbitrary<() => never> = fc
  .oneof(hostileJson, fc.constantFrom<unknown>(undefined, Symbol('s'), 7n, new Error('theirs'), Object.create(null)))
  .chain((value) =>
    fc.boolean().map((throws) => () => {
      if (throws) throw value;
      return value as never;
    }),
  );

describe('a grant', () => {
  it('of any answer, read by anybody’s functions, is a grant or a TokenResponseError', () => {
    const seen = { read: 0, refused: 0 };
    const withToken = hostileAnswer.map((text) => JSON.parse(text) as unknown);
    fc.assert(
      fc.property(fc.oneof(withToken, hostileJson), hostileFunction, hostileFunction, (body, parseClaims, userId) => {
        const reading: UserReading<unknown> = { parseClaims, userId };
        try {
          const { user, value } = tokenSetOf(readTokenResponse(body), now, undefined, reading);
          expect(['undefined', 'string']).toContain(typeof user.id);
          expect(['undefined', 'string']).toContain(typeof user.sid);
          expect(value).toMatch(/^[!-~]+$/);
          seen.read++;
        } catch (error) {
          if (!(error instanceof TokenResponseError)) throw error;
          seen.refused++;
        }
        expect(JSON.stringify(prototypesOf())).toBe(clean);
      }),
      { numRuns: 3000 },
    );
    for (const floor of Object.values(seen)) expect(floor).toBeGreaterThan(300);
  });

  it('of a JWT shows the payload that is in it, and none of garbage', () => {
    const seen = { read: 0, none: 0 };
    const reading: UserReading<Members> = {
      parseClaims: (raw) => ({ raw }),
      userId: () => undefined,
    };
    fc.assert(
      fc.property(hostileText, (payload) => {
        const parsed: unknown = JSON.parse(payload);
        const isPayload = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
        const { user } = tokenSetOf(readTokenResponse({ access_token: jwtOf(payload) }), now, undefined, reading);
        expect(user.claims).toEqual({ raw: isPayload ? parsed : {} });
        expect(JSON.stringify(prototypesOf())).toBe(clean);
        seen[isPayload ? 'read' : 'none']++;
      }),
      { numRuns: 1000 },
    );
    for (const floor of Object.values(seen)) expect(floor).toBeGreaterThan(100);
  });
});

describe('what is known of a user', () => {
  it('is handed on to the same user in the same session, and to nobody else', () => {
    const seen = { handed: 0, kept: 0 };
    const before = fc.record({ id, sid: name });
    fc.assert(
      fc.property(before, fc.record({ id, sid: name }), fc.boolean(), (was, is, known) => {
        const tokens: TokenResponse = { accessToken: 'abc', raw: {}, members: { theirs: 1 }, sid: is.sid };
        const user = { ...was, claims: {}, members: { secretOfBefore: 'ANN' } };
        const isSameSession = is.sid === undefined || was.sid === undefined || is.sid === was.sid;
        const isSameUser = is.id === undefined || was.id === undefined || is.id === was.id;
        const goesOn = known && isSameSession && isSameUser;
        const found = identify<Members>(
          tokens,
          known ? user : undefined,
          (raw, all) => ({ ...raw, ...all }),
          () => is.id,
        );
        expect(JSON.stringify(found).includes('ANN')).toBe(goesOn);
        expect(found.id).toBe(is.id ?? (goesOn ? was.id : undefined));
        expect(found.sid).toBe(is.sid ?? (goesOn ? was.sid : undefined));
        seen[goesOn ? 'handed' : 'kept']++;
      }),
      { numRuns: 500 },
    );
    for (const floor of Object.values(seen)) expect(floor).toBeGreaterThan(50);
  });

  // `String(NaN)` is the name of everybody whose number is none.
  it.each([Number.NaN, Number.POSITIVE_INFINITY])('is not that it is user %d', (given) => {
    const tokens: TokenResponse = { accessToken: 'abc', raw: {}, members: {} };
    expect(
      identify(
        tokens,
        undefined,
        (raw) => raw,
        () => given,
      ).id,
    ).toBeUndefined();
  });
});

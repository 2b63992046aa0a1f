import { describe, expect, it } from 'vitest';
import {
  type ClaimsSchema,
  defaultUserId,
  identify,
  type ParseClaims,
  type UserId,
} from '../../../../src/auth-server/tokens/claims.ts';
import type { TokenResponse } from '../../../../src/auth-server/tokens/token-response.ts';
import { TokenResponseError } from '../../../../src/client/errors.ts';
import type { Identity } from '../../../../src/session/identity.ts';
import type { User } from '../../../../src/session/state.ts';

type Members = Readonly<Record<string, unknown>>;

const tokens = (facts: Partial<TokenResponse> = {}): TokenResponse => ({
  accessToken: 'abc',
  raw: {},
  members: {},
  ...facts,
});
const userBefore = (facts: Partial<User<Members>> = {}): User<Members> => ({
  id: 'ann',
  claims: {},
  members: {},
  ...facts,
});
const all: ParseClaims<Members> = (raw, response) => ({ ...raw, ...response });
const bySub: UserId = (raw) => raw.sub as string | undefined;
const byUser: UserId = (_, response) => (response.user as { id: string }).id;

describe('who a token response is about', () => {
  it.each<[string, UserId, string | undefined]>([
    ['a text', () => 'ann', 'ann'],
    ['a number', () => 7, '7'],
    ['zero', () => 0, '0'],
    ['a text that is empty, which is nobody', () => '', undefined],
    ['an integer that JSON has rounded, which is nobody (C-6)', () => 1234567890123456800, undefined],
    ['a fraction, which is nobody', () => 1.5, undefined],
    ['nothing', () => undefined, undefined],
    ['null', () => null as unknown as undefined, undefined],
  ])('may be %s', (_, userId, id) => {
    expect(identify(tokens(), undefined, all, userId).id).toBe(id);
  });

  it('is unknown if userId throws', () => {
    expect(identify(tokens(), undefined, all, byUser).id).toBeUndefined();
  });

  it('is who it was, if a refresh leaves the user out', () => {
    const user = { id: 'ann' };
    expect(identify(tokens(), userBefore({ members: { user } }), all, byUser).id).toBe('ann');
  });

  it('is who it was, if a refresh says nothing at all (C-7)', () => {
    expect(identify(tokens(), userBefore(), all, () => undefined).id).toBe('ann');
  });

  it.each<[string, Members, Members, Identity]>([
    ['the `sub` of the token', { sub: 'ann' }, { id: 7 }, { id: 'ann' }],
    ['else the `id` of the user', {}, { id: 7, sub: 'ann' }, { id: '7' }],
    ['else the `sub` of the user', {}, { sub: 'ann' }, { id: 'ann' }],
    ['the next where one is rounded (C-6)', { sub: 2 ** 53 }, { id: 'ann' }, { id: 'ann' }],
    ['`org_id` with it (C-5)', { sub: 'ann', org_id: 'x', tid: 'y' }, {}, { id: 'ann', org: 'x' }],
    ['`tid` with it (C-5)', { sub: 'ann', tid: 'y' }, {}, { id: 'ann', org: 'y' }],
    ['`tenant_id` with it (C-5)', { tenant_id: 7 }, { id: 'ann' }, { id: 'ann', org: '7' }],
    ['no organisation where its name is empty', { sub: 'ann', org_id: '' }, {}, { id: 'ann' }],
    ['nobody where the organisation is rounded (C-6)', { sub: 'ann', org_id: 2 ** 53 }, {}, {}],
  ])('is by default %s', (_, raw, user, { id, org }) => {
    const found = identify(tokens({ raw, members: { user } }), undefined, all, defaultUserId);
    expect([found.id, found.org]).toEqual([id, org]);
  });

  it('is what `userId` says, whatever organisation the token names (C-5)', () => {
    const found = identify(tokens({ raw: { sub: 'ann', org_id: 'x' } }), undefined, all, bySub);
    expect([found.id, found.org]).toEqual(['ann', undefined]);
  });

  it('is not who it was, if another session is named', () => {
    const known = userBefore({ sid: '1', members: { user: { id: 'ann' } } });
    expect(identify(tokens({ sid: '2' }), known, all, byUser).id).toBeUndefined();
  });
});

describe('members that a refresh leaves out', () => {
  const known = userBefore({ sid: '1', members: { user: { name: 'Ann' }, theme: 'dark' } });

  it('keep their last value', () => {
    const { claims, members } = identify(tokens({ raw: { sub: 'ann' } }), known, all, bySub);
    expect(claims).toEqual({ sub: 'ann', user: { name: 'Ann' }, theme: 'dark' });
    expect(members).toEqual(known.members);
  });

  it('are replaced one by one by those that come', () => {
    const { claims } = identify(tokens({ members: { theme: 'light' } }), known, all, bySub);
    expect(claims).toEqual({ user: { name: 'Ann' }, theme: 'light' });
  });

  it('keep their last value if the session gets its name', () => {
    const unnamed = userBefore({ members: { theme: 'dark' } });
    const { sid, members } = identify(tokens({ raw: { sub: 'ann' }, sid: '1' }), unnamed, all, bySub);
    expect([sid, members]).toEqual(['1', { theme: 'dark' }]);
  });

  it.each<[string, Partial<TokenResponse>]>([
    ['another user', { raw: { sub: 'bob' } }],
    ['another session', { raw: { sub: 'ann' }, sid: '2' }],
    ['another session of nobody in particular', { sid: '2' }],
  ])('are not handed on to %s', (_, facts) => {
    const { claims, members } = identify(tokens(facts), known, all, bySub);
    expect(claims).not.toHaveProperty('user');
    expect(members).toEqual({});
  });

  it('are handed on if a refresh of the session says for the first time who the user is (C-7)', () => {
    const unknown = userBefore({ id: undefined, members: { user: { name: 'Ann' } } });
    const { id, members } = identify(tokens({ raw: { sub: 'ann' } }), unknown, all, bySub);
    expect([id, members]).toEqual(['ann', { user: { name: 'Ann' } }]);
  });

  it('include the name of the session', () => {
    expect(identify(tokens(), known, all, bySub).sid).toBe('1');
  });

  it('leave the name of another user’s session behind', () => {
    expect(identify(tokens({ raw: { sub: 'bob' } }), known, all, bySub).sid).toBeUndefined();
  });
});

describe('parseClaims', () => {
  const schema = (result: unknown): ClaimsSchema<Members> => ({
    '~standard': { version: 1, vendor: 'test', validate: () => result },
  });
  const parsed = (parseClaims: ParseClaims<Members>, facts: Partial<TokenResponse> = {}) =>
    identify(tokens(facts), undefined, parseClaims, bySub).claims;

  it('is given the payload and the other members', () => {
    const claims = parsed((raw, response) => ({ raw, response }), { raw: { sub: 'ann' }, members: { user: 1 } });
    expect(claims).toEqual({ raw: { sub: 'ann' }, response: { user: 1 } });
  });

  it('that throws is a TokenResponseError with its cause', () => {
    const cause = new Error('no roles');
    const parse = () =>
      parsed(() => {
        throw cause;
      });
    expect(parse).toThrow(expect.objectContaining({ code: 'token_response', cause }) as Error);
    expect(parse).toThrow('`parseClaims` threw');
  });

  it('may be a Standard Schema', () => {
    expect(parsed(schema({ value: { sub: 'ann' } }))).toEqual({ sub: 'ann' });
  });

  it('may be a schema that is a function of its own', () => {
    const received: unknown[] = [];
    const validate = (value: unknown) => {
      received.push(value);
      return { value: {} };
    };
    parsed({ '~standard': { version: 1, vendor: 'test', validate } }, { raw: { sub: 'ann' } });
    expect(received).toEqual([{ sub: 'ann' }]);
  });

  it.each([
    ['finds issues', { issues: [{ message: 'no sub' }] }, 'found issues'],
    ['finds an empty list of issues', { issues: [] }, 'found issues'],
    ['is asynchronous', Promise.resolve({ value: {} }), 'has to be synchronous'],
    ['returns nothing', undefined, 'has to be synchronous'],
  ])('as a schema that %s is a TokenResponseError that says so', (_, result, message) => {
    expect(() => parsed(schema(result))).toThrow(TokenResponseError);
    expect(() => parsed(schema(result))).toThrow(message);
  });

  it('as a schema that throws is a TokenResponseError', () => {
    const validate = () => {
      throw new Error('broken');
    };
    expect(() => parsed({ '~standard': { version: 1, vendor: 'test', validate } })).toThrow(TokenResponseError);
  });
});

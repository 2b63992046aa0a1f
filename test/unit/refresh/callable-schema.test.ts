import { describe, expect, it } from 'vitest';
import { type ClaimsSchema, identify } from '../../../src/refresh/claims.ts';
import { readTokenResponse } from '../../../src/refresh/token-response.ts';

describe('a Standard Schema that is a function', () => {
  it('validates', () => {
    const schema: ClaimsSchema<unknown> = Object.assign(() => 'not called', {
      '~standard': { version: 1 as const, vendor: 'test', validate: () => ({ issues: [{ message: 'no' }] }) },
    });
    const tokens = readTokenResponse({ access_token: 'abc' });
    expect(() => identify(tokens, undefined, schema, () => undefined)).toThrow(/found issues/);
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

  it('that go round in circles are refused', () => {
    const user: Record<string, unknown> = {};
    user.self = user;
    expect(() => readTokenResponse({ access_token: 'abc', user })).toThrow(/nested too deeply/);
  });
});

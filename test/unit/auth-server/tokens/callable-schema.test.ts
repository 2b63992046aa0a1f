import { describe, expect, it } from 'vitest';
import { type ClaimsSchema, identify } from '../../../../src/auth-server/tokens/claims.ts';
import { readTokenResponse } from '../../../../src/auth-server/tokens/token-response.ts';

describe('a Standard Schema that is a function', () => {
  it('validates', () => {
    const schema: ClaimsSchema<unknown> = Object.assign(() => 'not called', {
      '~standard': { version: 1 as const, vendor: 'test', validate: () => ({ issues: [{ message: 'no' }] }) },
    });
    const tokens = readTokenResponse({ access_token: 'abc' });
    expect(() => identify(tokens, undefined, schema, () => undefined)).toThrow(/found issues/);
  });
});

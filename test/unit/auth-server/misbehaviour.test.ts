import { describe, expect, it } from 'vitest';
import { classifyResponse } from '../../../src/auth-server/classify-response.ts';
import { identify } from '../../../src/auth-server/tokens/claims.ts';
import type { FoundTokens } from '../../../src/auth-server/tokens/find-tokens.ts';
import { readTokenResponse } from '../../../src/auth-server/tokens/token-response.ts';
import { TokenResponseError } from '../../../src/client/errors.ts';
import { createRefreshScene, status } from './refresh-scene.ts';

describe('classifyRefresh (BUG 4)', () => {
  it.each<[string, () => 'transient']>([
    [
      'throws',
      () => {
        throw new Error('my bug');
      },
    ],
    ['says something that is no classification', () => 'logout' as 'transient'],
    ['is an async function', (async () => undefined) as never],
  ])('that %s is a failed refresh, told once, and reported: the refresh never throws', async (_, classify) => {
    const { refresh, done, platform } = createRefreshScene([status(403)], { classify });
    await expect(refresh()).resolves.toBeUndefined();
    expect(done).toMatchObject([{ type: 'refresh-failed', problem: { kind: 'status', status: 403 } }]);
    expect(platform.reported).toEqual([expect.any(Error)]);
  });

  it('that is an async function is named in the report of a 200, with what it has to do', async () => {
    const { refresh, platform } = createRefreshScene([], { classify: (async () => undefined) as never });
    await refresh();
    expect(platform.reported).toEqual([expect.any(TypeError)]);
    expect(String(platform.reported[0])).toMatch(/`classifyRefresh` must return .*not a promise/);
  });

  it('that returns nothing, in whichever way, leaves the response to the rule', async () => {
    const { refresh, done, platform } = createRefreshScene([], { classify: () => null as never });
    await refresh();
    expect(done).toMatchObject([{ type: 'refreshed' }]);
    expect(platform.reported).toEqual([]);
  });

  it('that throws is reported', async () => {
    const bug = new Error('my bug');
    const classify = () => {
      throw bug;
    };
    const { refresh, platform } = createRefreshScene([status(403)], { classify });
    await refresh();
    expect(platform.reported).toEqual([bug]);
  });
});

describe('the other members never hold a token (BUG 5)', () => {
  it.each<[string, unknown, ((body: unknown) => FoundTokens) | undefined]>([
    ['in the user', { access_token: 'SECRET', user: { id: 1, refreshToken: 'SECRET-R' } }, undefined],
    [
      'where readTokens found it',
      { session: { access_token: 'SECRET', refresh_token: 'SECRET-R' } },
      () => ({ accessToken: 'SECRET' }),
    ],
  ])('%s', (_, body, readTokens) => {
    expect(JSON.stringify(readTokenResponse(body, readTokens).members)).not.toContain('SECRET');
  });
});

describe('token_type (BUG 7)', () => {
  it.each<[unknown]>([[{ toString: 1 }], [{ toString: null, valueOf: null }], [['bearer']]])(
    '%j is refused by a TokenResponseError',
    (token_type) => {
      expect(() => readTokenResponse({ access_token: 'abc', token_type })).toThrow(TokenResponseError);
    },
  );
});

describe('an HTML answer (BUG 8)', () => {
  it('is one whatever the case of its content type', () => {
    const answer = new Response(null, { status: 401, headers: { 'content-type': 'Text/HTML' } });
    expect(classifyResponse(answer, 'log in').is).toBe('transient');
  });
});

describe('parseClaims (BUG 9)', () => {
  it('that is an async function is refused, as an async schema is', () => {
    const parse = () =>
      identify({ accessToken: 'a', raw: {}, members: {} }, undefined, (async () => ({})) as never, () => 'ann');
    expect(parse).toThrow(TokenResponseError);
    expect(parse).toThrow('has to be synchronous');
  });
});

import { describe, expect, it } from 'vitest';
import { withoutTokens } from '../../../../src/auth-server/tokens/without-tokens.ts';

describe('a member', () => {
  it.each([
    ...['access_token', 'accessToken', 'accesstoken', 'ACCESS_TOKEN', 'access-token', 'api_access_token', 'XMLIdToken'],
    ...['refresh_tokens', 'idToken2', 'id_token_v2', 'id_tokenv2', 'id_token_2', 'token', 'tokens', 'jwt', 'refresh'],
    ...['token_type', 'tokenType', 'tokentype'],
  ])('named %s is left out', (name) => {
    expect(withoutTokens({ [name]: 'x', kept: 1 })).toEqual({ kept: 1 });
  });

  it.each([
    'token_quota',
    'tokens_used',
    'my_token',
    'my_jwt',
    'tokenId',
    'access_token_id',
    'refresh_rate',
    'paid_token',
  ])('named %s is kept', (name) => {
    expect(withoutTokens({ [name]: 'x' })).toEqual({ [name]: 'x' });
  });

  it.each([
    { text: 'secret', is: false },
    { text: 'no  secret\there', is: false },
    { text: 'no secrets here', is: true },
  ])('with "$text" is kept beside the token "secret": $is', ({ text, is }) => {
    expect(withoutTokens({ text }, 'secret')).toEqual(is ? { text } : {});
  });

  it.each([
    { text: 'https://app.test/?t=0123456789abcdef', is: false },
    { text: '0123456789abcde', is: true },
  ])('with "$text" is kept beside a token of sixteen characters: $is', ({ text, is }) => {
    expect(withoutTokens({ text }, '0123456789abcdef')).toEqual(is ? { text } : {});
  });
});

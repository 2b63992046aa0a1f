import { describe, expect, it } from 'vitest';
import { type FoundTokens, findTokens, type ReadTokens } from '../../../../src/auth-server/tokens/find-tokens.ts';

const found = (body: unknown): unknown => {
  const tokens = findTokens(body);
  return 'missing' in tokens ? undefined : tokens.accessToken;
};

describe('an answer to a sign-in that is not finished', () => {
  it.each<[string, object]>([
    ['a second factor that is required', { mfa_required: true, token: 'ticket' }],
    ['the same in camelCase', { mfaRequired: true, token: 'ticket' }],
    ['the same in capitals', { MFARequired: true, token: 'ticket' }],
    ['a token that is called access', { requires2FA: true, access: 'ticket' }],
    ['a ticket with a lifetime', { two_factor: true, token: 'ticket', expires_in: 300 }],
    ['a ticket with a type of its own', { otp_required: true, token: 'ticket', token_type: 'mfa' }],
    ['the factor by name', { mfa: 'totp', token: 'ticket' }],
    ['a list of factors', { mfa_methods: ['totp', 'sms'], token: 'ticket' }],
    ['an object that says so', { mfa: { required: true }, token: 'ticket' }],
    ['a challenge', { challenge: { type: 'sms' }, token: 'ticket' }],
    ['the name of a challenge', { challengeName: 'SMS_MFA', token: 'ticket' }],
    ['a status', { status: 'MFA_REQUIRED', token: 'ticket' }],
    ['a status in other words', { status: 'two-factor', token: 'ticket' }],
    ['another thing that is required', { status: 'password_change_required', token: 'ticket' }],
    ['an error', { error: 'mfa_required', token: 'ticket' }],
    ['the next step', { next: 'verify-otp', token: 'ticket' }],
    ['the next address', { nextStep: '/login/2fa', token: 'ticket' }],
    ['a wrapped one', { data: { mfa_required: true, token: 'ticket' } }],
    ['a wrapped ticket', { status: 'mfa_required', data: { token: 'ticket' } }],
  ])('has no token to be used: %s (C-31)', (_, body) => {
    expect(found(body)).toBeUndefined();
  });

  it('is told apart by a message that names the member, and no value (C-31)', () => {
    const { missing } = findTokens({ status: 'MFA_REQUIRED', token: 'ticket' }) as { missing: string };
    expect(missing).toMatch(/`status` says that the sign-in is not finished.*`token`.*`readTokens`/);
    expect(missing).not.toMatch(/MFA_REQUIRED|"ticket"/);
  });
});

describe('an answer to a sign-in that is finished', () => {
  it.each<[string, object]>([
    ['a token alone', { token: 'abc' }],
    ['a token and a user', { token: 'abc', user: { mfa_required: true, status: 'mfa' } }],
    ['nothing required', { mfa_required: false, token: 'abc' }],
    ['no second factor', { two_factor: null, otp: '', mfa_methods: [], token: 'abc' }],
    ['a second factor that is set up', { mfa_enabled: true, mfa: { enabled: true }, token: 'abc' }],
    ['a second factor that was shown', { mfaVerified: true, mfa: 'verified', status: 'mfa_passed', token: 'abc' }],
    ['a status that is well', { status: 'ok', result: 'success', code: 'LOGIN_OK', token: 'abc' }],
    ['where to go next', { next: '/dashboard', token: 'abc' }],
    ['a state that is random', { state: 'x2faZmfaQotp9', token: 'abc' }],
    ['words that sound alike', { adoption: true, potplant: 'yes', steps: ['a'], token: 'abc' }],
    ['numbers', { otp: 7, mfa_level: 2, token: 'abc' }],
  ])('has its token: %s (C-31)', (_, body) => {
    expect(found(body)).toBe('abc');
  });

  it.each<[string, object]>([
    ['access_token', { access_token: 'abc' }],
    ['accessToken', { accessToken: 'abc' }],
    ['token, of the type Bearer', { token: 'abc', token_type: 'bearer' }],
    ['token, beside a refresh token', { token: 'abc', refreshToken: 'R' }],
    ['access, beside a refresh token', { access: 'abc', refresh: 'R' }],
  ])('has its token whatever else it says, where that is surely one: %s (C-31)', (_, tokens) => {
    expect(found({ ...tokens, mfa_required: true, status: 'mfa_required' })).toBe('abc');
  });
});

describe('an answer without a token', () => {
  it('says which names were looked for, and names `readTokens` (C-32)', () => {
    const { missing } = findTokens({ jwt: 'abc' }) as { missing: string };
    for (const name of ['`access_token`', '`accessToken`', '`access`', '`token`', '`data`', '`readTokens`'])
      expect(missing).toContain(name);
  });

  it.each([{ access_token: '' }, { token: null }, { data: { token: '' } }])(
    'is one whose token is empty: %j',
    (body) => {
      expect(found(body)).toBeUndefined();
    },
  );

  it('is looked for under `data` if the token at the top is empty', () => {
    expect(found({ token: '', data: { token: 'abc' } })).toBe('abc');
  });

  it.each([
    undefined,
    null,
    {},
    { accessToken: '' },
    { accessToken: 7 },
    'abc',
    Promise.resolve({ accessToken: 'abc' }),
  ])('is what `readTokens` finds none in: %j (C-32)', (result) => {
    const read = () => result as unknown as FoundTokens;
    expect(findTokens({ token: 'abc' }, read)).toMatchObject({
      missing: expect.stringContaining('`readTokens` found'),
    });
  });

  it('is one over which `readTokens` throws, with what it threw (C-32)', () => {
    const cause = new TypeError('no such member');
    const read = () => {
      throw cause;
    };
    expect(findTokens({ mfa: true }, read)).toEqual({ missing: '`readTokens` threw.', cause });
  });
});

describe('what is missing', () => {
  it.each<{ what: string; body: unknown; readTokens?: ReadTokens; missing: string }>([
    { what: 'a token', body: {}, missing: 'it holds no access token' },
    { what: 'a token in a text', body: 'token', missing: 'it holds no access token' },
    {
      what: 'a token that `readTokens` finds',
      body: {},
      readTokens: () => ({ accessToken: '' }),
      missing: '`readTokens` found no access token in it: it has to return `accessToken`, synchronously.',
    },
    { what: 'a second factor', body: { token: 't', mfa_required: true }, missing: '`mfa_required` says that' },
    {
      what: 'a second factor whose name is none to show',
      body: { token: 't', 'mfa ?': true },
      missing: 'it holds no access token: a member says that the sign-in is not finished',
    },
  ])('is named: $what', ({ body, readTokens, missing }) => {
    expect(findTokens(body, readTokens)).toEqual({ missing: expect.stringContaining(missing) });
  });
});

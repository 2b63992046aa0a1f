import { describe, expect, it } from 'vitest';
import { furtherStepIn } from '../../../../src/auth-server/tokens/further-step.ts';

describe('a response', () => {
  it.each<{ members: Record<string, unknown>; name: string }>([
    { members: { mfa_required: true }, name: 'mfa_required' },
    { members: { id: 7, otpRequired: true }, name: 'otpRequired' },
    { members: { challenge: 'totp' }, name: 'challenge' },
    { members: { challenge: { id: 7 } }, name: 'challenge' },
    { members: { mfa: { required: true } }, name: 'mfa' },
    { members: { mfa_methods: ['sms'] }, name: 'mfa_methods' },
    { members: { status: 'MFA_REQUIRED' }, name: 'status' },
    { members: { status: 'password_change_required' }, name: 'status' },
    { members: { next: 'verify-otp' }, name: 'next' },
  ])('with $members says by $name that the sign-in is not finished', ({ members, name }) => {
    expect(furtherStepIn(members)).toBe(name);
  });

  it.each<Record<string, unknown>>([
    {},
    { access: 'x' },
    { mfa_enabled: true },
    { mfa: 'verified' },
    { mfa: '' },
    { mfa: false },
    { mfa: null },
    { mfa: 7 },
    { mfa: {} },
    { mfa: { required: false } },
    { mfa: { required: 'no' } },
    { mfa_methods: [] },
    { status: 'ok' },
    { status: true },
    { status: ['MFA_REQUIRED'] },
    { status: 'mfa_verified' },
    { status: 'no_required_fields' },
    { email_required: true },
  ])('with %j says nothing of the kind', (members) => {
    expect(furtherStepIn(members)).toBeUndefined();
  });
});

describe('a second factor', () => {
  it.each([
    ...['mfa', 'otp', 'totp', 'hotp', '2step', '2_step', 'stepup', 'step_up', '2fa', 'use_2fa', 'sms2fa'],
    ...['twofactor', 'two_factor', 'secondFactor', 'multi_factor', 'multifactor', 'challengeName', 'mfa_off_again'],
  ])('is known by the name %s', (name) => {
    expect(furtherStepIn({ [name]: true })).toBe(name);
  });

  it.each(['notp', 'xotp', 'mfab', 'format', '12step', 'misstep_upper', 'x2fa', 'factor', 'otpx'])(
    'is not seen in the name %s',
    (name) => {
      expect(furtherStepIn({ [name]: true })).toBeUndefined();
    },
  );

  it.each(['enabled', 'verified', 'complete', 'completed', 'off', 'none'])(
    'is not asked for where it is %s',
    (word) => {
      expect(furtherStepIn({ [`mfa_${word}`]: true, otp: word })).toBeUndefined();
    },
  );
});

describe('the progress of a sign-in', () => {
  it.each([
    ...['status', 'state', 'stage', 'step', 'action', 'next', 'nextstep', 'next_step', 'nextAction', 'result', 'code'],
  ])('is told by a member named %s', (name) => {
    expect(furtherStepIn({ [name]: 'mfa' })).toBe(name);
  });

  it.each(['my_status', 'status_text', 'steps', 'transaction'])('is not told by a member named %s', (name) => {
    expect(furtherStepIn({ [name]: 'mfa' })).toBeUndefined();
  });
});

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

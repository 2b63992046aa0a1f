import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { AuthProvider, SignedIn } from '../../../src/react/index.ts';
import { createShownClient } from './shown-client.ts';

afterEach(cleanup);

const draft = () => screen.getByLabelText('draft') as HTMLInputElement;

/** What is left of a draft that was begun with the initial claims, once others are known. */
const draftAfter = async (initialClaims: Record<string, unknown>, claims: Record<string, unknown>): Promise<string> => {
  const { client, become } = createShownClient();
  render(
    <AuthProvider client={client} initialClaims={initialClaims}>
      <SignedIn>
        <input aria-label="draft" />
      </SignedIn>
    </AuthProvider>,
  );
  draft().value = 'half a letter';
  await act(async () => become({ status: 'authenticated', claims }));
  return draft().value;
};

describe('what was begun with the initial claims', () => {
  it.each([
    ['by `sub`', { sub: 'ada' }, { sub: 'ada', iat: 1 }],
    ['by `user.id`', { user: { id: 7 } }, { user: { id: 7, name: 'Ada' } }],
    ['in the same organisation', { sub: 'ada', org_id: 'mills' }, { sub: 'ada', org_id: 'mills' }],
    ['whose organisation only the server names', { sub: 'ada' }, { sub: 'ada', tid: 'mills' }],
    ['whose organisation only the page knew', { sub: 'ada', tenant_id: 'mills' }, { sub: 'ada' }],
  ])('stays for the same user: %s', async (_, initial, claims) => {
    expect(await draftAfter(initial, claims)).toBe('half a letter');
  });

  it.each([
    ['another one', { sub: 'ada' }, { sub: 'bob' }],
    ['in another organisation (C-5)', { sub: 'ada', org_id: 'mills' }, { sub: 'ada', org_id: 'looms' }],
    ['of whom nobody says who it is', { name: 'Ada' }, { name: 'Ada' }],
    ['of whom only the page said who it is', { sub: 'ada' }, { user: 'ada' }],
  ])('is gone for a user %s', async (_, initial, claims) => {
    expect(await draftAfter(initial, claims)).toBe('');
  });
});

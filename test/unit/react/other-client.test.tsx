import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { AuthClient, Session } from '../../../src/index.ts';
import { AuthProvider, SignedIn, useSession } from '../../../src/react/index.ts';
import { createShownClient } from './shown-client.ts';

afterEach(cleanup);

const Name = () => <b>{useSession(({ claims }) => claims?.sub ?? 'nobody')}</b>;

const App = ({ client, sub }: { client: AuthClient; sub?: string }) => (
  <AuthProvider client={client} {...(sub !== undefined && { initialClaims: { sub } })}>
    <Name />
    <SignedIn loading={<i>one moment</i>}>
      <input aria-label="draft" />
    </SignedIn>
  </AuthProvider>
);

const shown = (session?: Session<unknown>) => createShownClient(session).client;
const authenticated = (sub: string) => shown({ status: 'authenticated', claims: { sub } });
const draft = () => screen.getByLabelText('draft') as HTMLInputElement;

describe('a provider that is given another client', () => {
  it('mounts what is for signed-in users anew: it may be another user’s', () => {
    const { rerender } = render(<App client={authenticated('ada')} />);
    draft().value = 'letter of ada';
    rerender(<App client={authenticated('bob')} />);
    expect(screen.getByText('bob')).toBeTruthy();
    expect(draft().value).toBe('');
  });

  it('shows the initial claims that come with it, and not those of the client before', () => {
    const { rerender } = render(<App client={shown()} sub="ada" />);
    rerender(<App client={shown()} sub="bob" />);
    expect(screen.getByText('bob')).toBeTruthy();
    rerender(<App client={shown()} />);
    expect(screen.getByText('nobody')).toBeTruthy();
    expect(screen.getByText('one moment')).toBeTruthy();
  });

  it('reads the initial claims once for each', () => {
    const client = shown();
    const { rerender } = render(<App client={client} sub="ada" />);
    rerender(<App client={client} sub="bob" />);
    expect(screen.getByText('ada')).toBeTruthy();
  });

  it('follows the new one, and the one before no more', async () => {
    const [before, next] = [createShownClient(), createShownClient()];
    const { rerender } = render(<App client={before.client} />);
    rerender(<App client={next.client} />);
    await act(async () => next.become({ status: 'authenticated', claims: { sub: 'bob' } }));
    expect(screen.getByText('bob')).toBeTruthy();
    expect(before.listeners()).toBe(1);
  });
});

describe('a provider without a client', () => {
  it.each([undefined, null])('says what to render: %s', (client) => {
    expect(() => render(<AuthProvider client={client as never} />)).toThrow(
      new TypeError('<AuthProvider> has no client: render <AuthProvider client={auth}>.'),
    );
  });
});

// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import * as jsx from 'react/jsx-runtime';
import { describe, expect, it } from 'vitest';
import * as client from '../../../src/index.ts';
import * as binding from '../../../src/react/index.ts';
import { createTestAuthority, createTestClient } from '../../../src/testing/index.ts';
import { runBlock } from '../../package/run-block.ts';

const modules = { react: React, 'react/jsx-runtime': jsx, 'silent-refresh': client, 'silent-refresh/react': binding };

const type = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });

describe('docs/sign-in.md', () => {
  const authority = createTestAuthority({ users: [{ id: '7', credentials: { name: 'ada', password: 'right' } }] });
  const auth = createTestClient({ authority, session: 'unauthenticated' });

  const open = async () => {
    const page = (await runBlock('docs/sign-in.md', 'function SignInForm', { modules })) as { SignInForm: React.FC };
    render(
      <binding.AuthProvider client={auth}>
        <binding.SignedIn fallback={<page.SignInForm />}>Signed in.</binding.SignedIn>
      </binding.AuthProvider>,
    );
  };
  const submit = (password: string) => {
    type('Name', 'ada');
    type('Password', password);
    fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  };

  it('has a form that says what is wrong, and signs in with the right password', async () => {
    await open();
    submit('wrong');
    await screen.findByText('Wrong name or password.');
    authority.answerNext(429);
    submit('right');
    await screen.findByText('Too many attempts. Please wait a moment.');
    authority.answerNext('html');
    submit('right');
    await screen.findByText('That did not work. Please try again in a moment.');
    submit('right');
    await screen.findByText('Signed in.');
    cleanup();
    auth.reset();
  });
});

describe('docs/relogin.md', () => {
  it('has a dialog that brings a held call through', async () => {
    const authority = createTestAuthority({
      users: [{ id: '1', credentials: { name: 'ada', password: 'right' } }],
      api: { 'POST /api/orders': () => new Response('Ordered.') },
    });
    const auth = createTestClient({ authority, relogin: client.holdCalls() });
    const ours = { ...modules, 'silent-refresh': { ...client, createAuthClient: () => auth } };
    const page = (await runBlock('docs/relogin.md', 'function SignInAgain', { modules: ours })) as {
      app: React.ReactElement;
    };
    render(page.app);
    await authority.revoke();
    const ordered = auth.authFetch('/api/orders', { method: 'POST', body: 'Tea' });
    await screen.findByText('Please sign in again. Calls that wait for it: 1');
    type('Name', 'ada');
    type('Password', 'wrong');
    fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    await screen.findByText('Wrong name or password.');
    type('Password', 'right');
    fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await (await ordered).text()).toBe('Ordered.');
    expect(screen.queryByRole('dialog')).toBeNull();
    cleanup();
    auth.reset();
  });
});

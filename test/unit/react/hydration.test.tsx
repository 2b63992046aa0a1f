import { Profiler, type ReactNode, startTransition, useState } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { AuthProvider, SignedIn, useSession } from '../../../src/react/index.ts';
import { hydrateSlowly } from './hydration-scene.tsx';
import { createShownClient } from './shown-client.ts';

const place = (markup = '') => {
  const root = document.createElement('div');
  root.innerHTML = markup;
  document.body.append(root);
  onTestFinished(() => root.remove());
  return root;
};

describe('markup of a server, hydrated while the session becomes known', () => {
  it('stays shown if a layout reads the session, and follows once it is hydrated (C-37)', async () => {
    expect(await hydrateSlowly()).toEqual({
      shown: ['loading content', 'loading content', 'authenticated content', 'unauthenticated content'],
      mended: [],
      isSame: true,
    });
  });

  it('is rendered once more for a change, and not for one that a selector does not see (C-37)', async () => {
    const { client, become, listeners } = createShownClient();
    const rendered: string[] = [];
    const Name = (): ReactNode => {
      const found = useSession(({ claims }) => ({ name: (claims as { name?: string } | undefined)?.name ?? 'nobody' }));
      rendered.push(found.name);
      return found.name;
    };
    const app = (
      <AuthProvider client={client}>
        <Name />
      </AuthProvider>
    );
    const root = place(renderToString(app));
    rendered.length = 0;
    const hydrated = hydrateRoot(root, app);
    onTestFinished(() => hydrated.unmount());
    await vi.waitFor(() => expect(listeners()).toBeGreaterThan(0));
    become({ status: 'unauthenticated', reason: 'anonymous' });
    for (const name of ['ann', 'bob']) {
      become({ status: 'authenticated', claims: { name } });
      await vi.waitFor(() => expect(root.textContent).toBe(name));
    }
    expect(rendered).toEqual(['nobody', 'ann', 'bob']);
  });
});

describe('SignedIn', () => {
  const ann = { status: 'authenticated', claims: { name: 'ann' } } as const;
  const bob = { status: 'authenticated', claims: { name: 'bob' } } as const;

  const Draft = () => <input aria-label="draft" />;

  /** Renders a page for Ann, in whose draft something is written before the client knows who is signed in. */
  const renderForAnn = async () => {
    const { client, become, listeners } = createShownClient();
    const root = createRoot(place());
    onTestFinished(() => root.unmount());
    root.render(
      <AuthProvider client={client} initialClaims={{ id: 1, name: 'ann' }}>
        <SignedIn loading="one moment" fallback="sign in">
          <Draft />
        </SignedIn>
      </AuthProvider>,
    );
    await vi.waitFor(() => expect(listeners()).toBeGreaterThan(0));
    const draft = document.querySelector('input') as HTMLInputElement;
    draft.value = 'a word';
    return { become, draft: () => document.querySelector('input')?.value };
  };

  it('shows its children from the first paint to a user whom the server knows, and keeps them (C-66)', async () => {
    const { become, draft } = await renderForAnn();
    become({ status: 'authenticated', claims: { id: 1, name: 'ann', roles: ['author'] } });
    await vi.waitFor(() => expect(draft()).toBe('a word'));
  });

  it('mounts its children anew if somebody else is signed in than the server knew (C-66)', async () => {
    const { become, draft } = await renderForAnn();
    become({ status: 'authenticated', claims: { id: 2, name: 'bob' } });
    await vi.waitFor(() => expect(draft()).toBe(''));
  });

  it('shows its fallback if nobody is signed in, whatever the server knew (C-66)', async () => {
    const { become, draft } = await renderForAnn();
    become({ status: 'unauthenticated', reason: 'expired' });
    await vi.waitFor(() => expect(document.body.textContent).toContain('sign in'));
    expect(draft()).toBeUndefined();
  });

  it('registers nothing by a render that is never shown (C-45)', () => {
    const { client, listeners } = createShownClient(ann);
    renderToString(
      <AuthProvider client={client}>
        <SignedIn>secret</SignedIn>
      </AuthProvider>,
    );
    expect(listeners()).toBe(0);
  });

  it('shows no frame of the previous user if another user signs in while it is rendered (C-45)', async () => {
    const { client, replaceBy } = createShownClient(ann);
    const Draft = () => useState(() => (client.getSession().claims as { name: string }).name)[0];
    let changed = false;
    const Meanwhile = () => {
      if (!changed) {
        changed = true;
        replaceBy(bob);
      }
      return null;
    };
    const root = place();
    const frames: (string | null)[] = [];
    const shown = createRoot(root);
    onTestFinished(() => shown.unmount());
    startTransition(() =>
      shown.render(
        <Profiler id="app" onRender={() => void frames.push(root.textContent)}>
          <AuthProvider client={client}>
            <SignedIn>
              <Draft />
            </SignedIn>
            <Meanwhile />
          </AuthProvider>
        </Profiler>,
      ),
    );
    await vi.waitFor(() => expect(root.textContent).toBe('bob'));
    expect(frames).toEqual(['bob']);
  });
});

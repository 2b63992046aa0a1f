import { describe, expect, it } from 'vitest';
import { status } from '../client/fake-server.ts';
import { credentials, outcome } from '../client/world.ts';
import { shown, signedInTabs, sub } from './scenes.ts';

describe('a sign-out that is repeated', () => {
  it('leaves alone who has signed in in another tab, as the first one did', async () => {
    const { browser, server, a, b } = await signedInTabs(2, { client: { tabs: 'turns' } });
    server.next('/auth/refresh', status(503));
    void b.client.signIn(credentials('bob'));
    await browser.advance(100);
    void a.client.signOut();
    await browser.advance(5000);
    void a.client.signOut();
    await browser.advance(5000);
    expect(shown([a, b])).toEqual(['unauthenticated', 'authenticated']);
    expect([sub(b), server.session?.user]).toEqual(['bob', 'bob']);
  });

  it('by a page that is back, after a sign-in elsewhere that it has yet to learn of, ends that session', async () => {
    const { browser, server, a, b } = await signedInTabs(2, { keepsListening: true });
    void a.client.signOut();
    await browser.advance(5000);
    a.leave();
    void b.client.signIn(credentials('bob'));
    await browser.advance(5000);
    expect(sub(b)).toBe('bob');
    a.back();
    void a.client.signOut();
    await browser.advance(5000);
    expect(shown([a, b])).toEqual(['unauthenticated', 'unauthenticated']);
    expect(server.session).toBeUndefined();
  });

  it('from `onUserLeft`, when another user has signed in, ends the session of that user', async () => {
    const { browser, server, a, b } = await signedInTabs(2);
    const stop = a.client.onUserLeft(() => {
      stop();
      void a.client.signOut();
    });
    const signedIn = outcome(a.client.signIn(credentials('bob')));
    await browser.advance(5000);
    expect(await signedIn).toBe('UnauthenticatedError');
    expect(shown([a, b])).toEqual(['unauthenticated', 'unauthenticated']);
    expect(server.session).toBeUndefined();
  });
});

import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { recipes, routes } from './callers.ts';
import { openPage } from './page.ts';

const uncancelled = () => new AbortController().signal;

describe.each(recipes)('the recipe $file', ({ asks, open, clearsCache = false }) => {
  const openAs = async (name: 'Ada' | 'Bob' | undefined) => {
    const page = await openPage(routes);
    const caller = await open();
    if (name !== undefined) await page.signIn(name);
    page.server.takeAsked();
    return { ...page, ...caller };
  };

  it('sends the token', async () => {
    const { load, server } = await openAs('Ada');
    expect(await load(uncancelled())).toMatchObject({ name: 'Ada' });
    expect(server.asked).toEqual([asks]);
  });

  it('refreshes a refused token and replays the call once', async () => {
    const { load, server } = await openAs('Ada');
    server.expireTokens();
    expect(await load(uncancelled())).toMatchObject({ name: 'Ada' });
    expect(server.asked).toEqual([asks, 'POST /auth/refresh', asks]);
  });

  /** Asks for something when the server has ended the session; the call is held. */
  const openHeld = async (signal = uncancelled()) => {
    const page = await openAs('Ada');
    await page.endSession();
    vi.useFakeTimers({ shouldAdvanceTime: true });
    onTestFinished(() => void vi.useRealTimers());
    const outcome = page.load(signal).catch((error) => ({ error, code: page.codeOf(error) }));
    await page.held(1);
    return { ...page, outcome };
  };

  it('answers a call after a sign-in that takes minutes', async () => {
    const { server, signIn, outcome } = await openHeld();
    await vi.advanceTimersByTimeAsync(120_000);
    vi.useRealTimers();
    await signIn('Ada');
    expect(await outcome).toMatchObject({ name: 'Ada' });
    expect(server.asked).toEqual([asks, 'POST /auth/refresh', 'POST /auth/login', asks]);
  });

  it('shows that a call has waited for a sign-in in vain', async () => {
    const { server, outcome } = await openHeld();
    await vi.advanceTimersByTimeAsync(601_000);
    expect(await outcome).toMatchObject({ code: 'unauthenticated' });
    expect(server.asked).toEqual([asks, 'POST /auth/refresh']);
  });

  it('shows that nobody is signed in, and asks nothing', async () => {
    const { load, server, codeOf } = await openAs(undefined);
    await expect(load(uncancelled()).catch((error) => codeOf(error))).resolves.toBe('unauthenticated');
    expect(server.asked).not.toContain(asks);
  });

  it('never sends the call of one user as the next one', async () => {
    const { server, signIn, outcome } = await openHeld();
    await signIn('Bob');
    // What has a cache cancels the calls of a user who leaves.
    expect(await outcome).toMatchObject(clearsCache ? { error: expect.anything() } : { code: 'user_changed' });
    expect(server.asked).toEqual([asks, 'POST /auth/refresh', 'POST /auth/login']);
  });

  it('cancels a call that is held, and never sends it', async () => {
    const cancelling = new AbortController();
    const { server, signIn, outcome } = await openHeld(cancelling.signal);
    cancelling.abort();
    expect(await outcome).toMatchObject({ error: expect.anything() });
    expect(['unauthenticated', 'user_changed']).not.toContain(((await outcome) as { code?: string }).code);
    await signIn('Ada');
    expect(server.asked).toEqual([asks, 'POST /auth/refresh', 'POST /auth/login']);
  });
});

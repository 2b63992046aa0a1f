import { describe, expect } from 'vitest';
import { startExample } from './harness/server.ts';
import { ada, grace, testsOf, textsUntil } from './harness/visit.ts';

const test = testsOf(() => startExample('tanstack-query-axios'));

describe('the example with TanStack Query and axios', () => {
  test('loads by axios with the token, and once for as long as the user stays', async ({ visit }) => {
    const { page, signIn, context } = await visit();
    const calls: string[] = [];
    context.on(
      'request',
      (request) => request.url().endsWith('/api/me') && calls.push(request.headers().authorization ?? ''),
    );
    await signIn(ada);
    await page.getByRole('heading', { name: 'Account of ada' }).waitFor();
    expect(calls).toEqual([expect.stringMatching(/^Bearer /)]);
  });

  test('shows the next user nothing of the one before, in any tab', async ({ visit, server }) => {
    const { page, signIn, context } = await visit();
    await signIn(ada);
    await page.getByRole('heading', { name: 'Account of ada' }).waitFor();
    const other = await context.newPage();
    await other.goto(server.url);
    await other.getByRole('heading', { name: 'Account of ada' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await other.getByRole('button', { name: 'Sign in' }).waitFor();

    // Long enough for any frame with what was cached to be seen.
    await context.route('**/api/me', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await route.continue();
    });
    const headings = Promise.all([page, other].map((each) => textsUntil(each, 'h1', 'Account of grace')));
    await signIn(grace);
    expect(await headings).toEqual([
      ['One moment…', 'Account of grace'],
      ['One moment…', 'Account of grace'],
    ]);
  });
});

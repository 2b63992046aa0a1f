import { describe, expect } from 'vitest';
import { startExample } from './harness/server.ts';
import { ada, grace, testsOf, textsUntil, type Visitor } from './harness/visit.ts';

const expectAccountOf = async ({ page }: Pick<Visitor, 'page'>, name: string) => {
  await page.getByRole('heading', { name: `Account of ${name}` }).waitFor();
};

for (const [router, file] of [
  ['react-router', 'routes.tsx'],
  ['tanstack-router', 'router.tsx'],
] as const) {
  const test = testsOf(() => startExample(router));

  describe(`protected routes with ${router}`, () => {
    // Alone, since Vite bundles what the page imports meanwhile. The others wait for the server at the same time.
    test('send somebody who is not signed in to sign in, and back to where they were', async ({ visit, server }) => {
      const { page, signIn } = await visit('/account?tab=name');
      await page.waitForURL('**/sign-in?*');
      await signIn(ada);
      await page.waitForURL(`${server.url}/account?tab=name`);
      await expectAccountOf({ page }, 'ada');
    });

    test.concurrent('open at once for somebody who is signed in, without a look at the sign-in page', async ({
      visit,
    }) => {
      const { page, signIn } = await visit('/sign-in');
      await signIn(ada);
      await page.getByRole('heading', { name: 'Home' }).waitFor();
      const visited: string[] = [];
      page.on('framenavigated', (frame) => visited.push(new URL(frame.url()).pathname));
      await page.goto(new URL('/account', page.url()).href);
      await expectAccountOf({ page }, 'ada');
      expect(new Set(visited)).toEqual(new Set(['/account']));
    });

    test.concurrent('do not lead out of the app after a sign-in', async ({ visit, server }) => {
      const { page, signIn } = await visit();
      for (const from of [
        '//evil.example/x',
        'https://evil.example/x',
        '/\\evil.example',
        '/\t/evil.example',
        '/.//evil.example',
      ]) {
        await page.goto(`${server.url}/sign-in?from=${encodeURIComponent(from)}`);
        await signIn(ada);
        await page.getByRole('heading', { name: 'Home' }).waitFor();
        expect(page.url()).toBe(`${server.url}/`);
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.getByRole('button', { name: 'Sign in' }).waitFor();
      }
    });

    test.concurrent('close in every tab at sign-out, and load again for the next user', async ({ visit, server }) => {
      const { page, signIn, context } = await visit('/account');
      await signIn(ada);
      await expectAccountOf({ page }, 'ada');
      const other = await context.newPage();
      await other.goto(`${server.url}/account`);
      await expectAccountOf({ page: other }, 'ada');
      await page.getByRole('button', { name: 'Sign out' }).click();
      for (const each of [page, other]) await each.waitForURL('**/sign-in?from=*');

      await signIn(grace);
      for (const each of [page, other]) await expectAccountOf({ page: each }, 'grace');
    });

    test.concurrent('lead to the sign-in page if the server has ended the session, and back', async ({
      visit,
      server,
    }) => {
      const { page, signIn, context } = await visit();
      await signIn(ada);
      const headers = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };
      await context.route('**/api/me', (route) => route.fulfill({ status: 401, headers, body: '' }));
      await context.route('**/auth/refresh', (route) =>
        route.fulfill({ status: 401, json: { error: 'invalid_grant', reason: 'revoked' } }),
      );
      await page.getByRole('link', { name: 'Account' }).click();
      await page.waitForURL(`${server.url}/sign-in?from=*`);
      await context.unrouteAll();
      await signIn(ada);
      await page.waitForURL(/\/account/);
      await expectAccountOf({ page }, 'ada');
    });

    test.concurrent('show nothing of a user to the one who signs in over them', async ({ visit }) => {
      const { page, signIn, context } = await visit('/account');
      await signIn(ada);
      await expectAccountOf({ page }, 'ada');
      await context.route('**/api/me', async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 500));
        await route.continue();
      });
      const menu = 'Home AccountSign out';
      const shown = textsUntil(page, '#app', `${menu}Account of grace`);
      // The module of the app itself: a sign-in without a sign-out before it.
      await page.evaluate(`import('/${file}').then(({ auth }) => auth.signIn(${JSON.stringify(grace)}))`);
      expect(await shown).toEqual([`${menu}Account of ada`, 'One moment…', `${menu}Account of grace`]);
    });

    test.concurrent('load again, and once, when the server can say who is signed in', async ({ visit }) => {
      const { page, signIn, context } = await visit('/account');
      await signIn(ada);
      await expectAccountOf({ page }, 'ada');
      await context.route('**/auth/refresh', (route) => route.fulfill({ status: 503, body: '' }));
      let loads = 0;
      page.on('request', (request) => {
        if (request.url().endsWith('/api/me')) loads += 1;
      });
      await page.reload();
      await page.getByText('The server cannot be reached.').waitFor();
      await context.unrouteAll();
      // The client asks at once then, and not only after the seconds that are due.
      await page.evaluate(() => window.dispatchEvent(new Event('online')));
      await expectAccountOf({ page }, 'ada');
      expect(loads).toBe(1);
    });
  });
}

import type { BrowserContext } from 'playwright';
import { describe, expect } from 'vitest';
import { test } from './harness/demo.ts';

/** When the browser deletes the refresh cookie, in seconds from now; `undefined` for when it is closed. */
async function lifeOf(context: BrowserContext): Promise<number | undefined> {
  const [cookie] = await context.cookies();
  if (cookie === undefined) throw new Error('There is no cookie.');
  return cookie.expires === -1 ? undefined : cookie.expires - Date.now() / 1000;
}

describe.concurrent('the demo', { timeout: 120_000 }, () => {
  test('CK-8: keeps the cookie until the browser is closed, over refreshes, where the user wants no more (S-18)', async ({
    demo,
  }) => {
    const { page, context, signIn, expectStatus, refreshes } = demo;
    await page.getByRole('checkbox', { name: 'Stay signed in when the browser is closed' }).uncheck();
    await signIn();
    await expectStatus('authenticated');
    expect(await lifeOf(context)).toBeUndefined();
    const before = refreshes.length;
    await page.reload();
    await expectStatus('authenticated');
    expect(refreshes.length).toBe(before + 1);
    expect(await lifeOf(context)).toBeUndefined();
  });

  test('CK-8: keeps it for two weeks otherwise (S-18)', async ({ demo }) => {
    const { page, context, signIn, expectStatus } = demo;
    await signIn();
    await expectStatus('authenticated');
    await page.reload();
    await expectStatus('authenticated');
    expect(await lifeOf(context)).toBeGreaterThan(13 * 24 * 60 * 60);
  });
});

import type { Browser, Page } from 'playwright';
import { describe, expect, onTestFinished } from 'vitest';
import { ada, grace, test } from './harness/demo.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const SAFARI = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15';

/** Another browser, in which a user signs in. */
async function another(
  browser: Browser,
  url: string,
  userAgent: string,
  user: typeof ada | typeof grace = ada,
): Promise<Page> {
  const context = await browser.newContext({ userAgent });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(url);
  const form = page.locator('.sign-in-screen');
  await form.getByLabel('User name').fill(user.name);
  await form.getByLabel('Password').fill(user.password);
  await form.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.locator('[data-status=authenticated]').waitFor();
  return page;
}

describe.concurrent('the devices of the demo', { timeout: 120_000 }, () => {
  test('REV-8: lists where the user is signed in, and ends one of them at once', async ({ browser, demo }) => {
    const { page, signIn, expectStatus, url } = demo;
    await signIn();
    await expectStatus('authenticated');
    const other = await another(browser, url, FIREFOX);
    await another(browser, url, SAFARI, grace);
    const card = page.getByRole('region', { name: 'Devices' });
    await card.getByText('Where you are signed in').click();
    const rows = card.getByRole('listitem');
    await rows.nth(1).waitFor();
    expect(await rows.count()).toBe(2);
    expect(await rows.nth(0).innerText()).toMatch(/^Firefox on Linux/);
    expect(await rows.nth(1).innerText()).toMatch(/^Chrome on Linux\s*this one/);
    expect(await rows.nth(1).getByRole('button').count()).toBe(0);

    await card.getByRole('button', { name: 'End Firefox on Linux' }).click();
    await card.getByText('Firefox on Linux is signed out.').waitFor();
    await other.locator('[data-status=relogin-required]').waitFor();
    expect(await rows.count()).toBe(1);
    expect(await card.getByRole('button', { name: 'End all others' }).count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Where you are signed in');
    await expectStatus('authenticated');
  });

  test('REV-9: ends all others, and nobody else’s', async ({ browser, demo }) => {
    const { page, signIn, expectStatus, url } = demo;
    await signIn();
    await expectStatus('authenticated');
    const others = [await another(browser, url, FIREFOX), await another(browser, url, SAFARI)];
    const stranger = await another(browser, url, SAFARI, grace);
    const card = page.getByRole('region', { name: 'Devices' });
    await card.getByText('Where you are signed in').click();
    await card.getByRole('button', { name: 'End all others' }).click();
    await card.getByText('All others are signed out.').waitFor();
    for (const other of others) await other.locator('[data-status=relogin-required]').waitFor();
    expect(await card.getByRole('listitem').count()).toBe(1);
    await expectStatus('authenticated');
    expect(await stranger.locator('[data-testid=status]').getAttribute('data-status')).toBe('authenticated');
  });
});

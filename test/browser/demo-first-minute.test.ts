import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { ada, grace, test } from './harness/demo.ts';

const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent);
const legend = (page: Page) => page.getByRole('list', { name: 'Legend' });

describe.concurrent('the first minute with the demo', { timeout: 120_000 }, () => {
  test('needs one click to sign in, and moves the focus to the name of the user', async ({ demo }) => {
    const { page, expectStatus } = demo;
    await page.getByRole('button', { name: 'Sign in as Ada' }).click();
    await expectStatus('authenticated');
    await page.getByText(ada.notes[0]).waitFor();
    expect(await focused(page)).toBe(ada.displayName);
  });

  test('has one button that ends the session, and one click that signs in again, as the same user or another', async ({
    demo,
  }) => {
    const { page, expectStatus } = demo;
    const dialog = page.getByRole('dialog', { name: 'Please sign in again' });
    await page.getByRole('button', { name: 'Sign in as Ada' }).click();
    await expectStatus('authenticated');
    const end = page.getByRole('button', { name: /end my session/i });
    expect(await end.count()).toBe(1);
    await end.click();
    await dialog.getByRole('button', { name: 'Sign in as Ada' }).click();
    await expectStatus('authenticated');
    await dialog.waitFor({ state: 'hidden' });
    expect(await focused(page)).toBe('End my session');
    await end.click();
    await dialog.getByRole('button', { name: 'Sign in as Grace' }).click();
    await page.getByRole('heading', { name: grace.displayName }).waitFor();
    await expectStatus('authenticated');
  });

  test('says what to try, explains the marks that are on the timeline and no others, and links to the docs', async ({
    demo,
  }) => {
    const { page, expectStatus } = demo;
    await page.getByRole('button', { name: 'Sign in as Ada' }).click();
    await expectStatus('authenticated');
    expect(await page.getByRole('region', { name: 'Try this' }).getByRole('listitem').count()).toBe(6);
    await legend(page).getByText('signed in', { exact: true }).waitFor();
    expect(await legend(page).getByText('session ended').count()).toBe(0);
    await page.getByRole('button', { name: 'End my session' }).click();
    await legend(page).getByText('session ended').waitFor({ state: 'attached' });
    const docs = page.getByText('Documentation', { exact: true });
    expect(await docs.getAttribute('href')).toMatch(/^https:.*\/docs$/);
  });
});

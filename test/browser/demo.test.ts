import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { activity, ada, expectFits, grace, test } from './harness/demo.ts';
import { delay } from './harness/faults.ts';

const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'Please sign in again' });
const draftIn = (page: Page) => page.getByRole('textbox', { name: 'New note' });

const choose = (page: Page, name: string) => page.getByRole('radio', { name, exact: true }).click();

// The longest first: the others run while it waits.
describe.concurrent('the demo', { timeout: 120_000 }, () => {
  test('keeps a user signed in for 30 s of polling with a token life of 5 s: no call fails', async ({ demo }) => {
    const { page, signIn, expectStatus, counts, refreshes } = demo;
    await signIn();
    await expectStatus('authenticated');
    await choose(page, '5 s');
    await page.getByText(/left of 5 s/).waitFor();
    const before = await counts();
    const since = Date.now();
    await delay(30_000)();
    const after = await counts();

    expect(after.apiCalls - before.apiCalls).toBeGreaterThan(20);
    expect(after.apiRefusals).toBe(0);
    expect(after.expiredTokens).toBe(0);
    // A token of 5 s is replaced after 4 s, give or take a tenth of the second between.
    const times = refreshes.map(({ at }) => at).filter((at) => at > since);
    expect(times.length).toBeGreaterThan(4);
    expect(times.length).toBeLessThanOrEqual(8);
    const distances = times.slice(1).map((at, index) => at - (times[index] ?? at));
    expect(Math.min(...distances)).toBeGreaterThan(3500);
    const shown = (await activity(page).getAttribute('aria-label')) ?? '';
    expect(shown).toMatch(/call answered: \d+, refreshed: \d+/);
    expect(shown).not.toMatch(/failed|replayed|ended/);
    await expectStatus('authenticated');
  });

  test('ARC-2: keeps a user signed in over a reload, with one refresh', async ({ demo }) => {
    const { page, signIn, expectStatus, counts } = demo;
    await signIn();
    await expectStatus('authenticated');
    const before = await counts();
    await page.reload();
    await expectStatus('authenticated');
    await page.getByRole('heading', { name: ada.displayName }).waitFor();
    await page.getByText(ada.notes[0]).waitFor();
    const after = await counts();
    expect(after.refreshRequests - before.refreshRequests).toBe(1);
    expect(after.apiRefusals).toBe(0);
  });

  test('asks for a new sign-in when the server has ended the session, says why, and goes on where it was', async ({
    demo,
  }) => {
    const { page, signIn, expectStatus, counts } = demo;
    await signIn();
    await draftIn(page).fill('half a thought');
    await page.getByRole('button', { name: 'End my session' }).click();
    await expectStatus('relogin-required');
    const dialog = dialogOf(page);
    await dialog.waitFor();
    expect(await dialog.innerText()).toContain('The session was ended on the server.');
    expect(await dialog.innerText()).toContain(ada.displayName);
    expect(await page.locator('#who').innerText()).toBe(ada.displayName);
    const asked = (await counts()).refreshRequests;
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await delay(1500)();
    expect((await counts()).refreshRequests).toBe(asked);

    await page.getByRole('button', { name: 'Sign in again' }).click();
    await signIn(dialog);
    await expectStatus('authenticated');
    await dialog.waitFor({ state: 'hidden' });
    expect(await draftIn(page).inputValue()).toBe('half a thought');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByText('half a thought').waitFor();
  });

  test('gives another user, who signs in after that, nothing of the first one', async ({ demo }) => {
    const { page, signIn, expectStatus } = demo;
    await signIn();
    await draftIn(page).fill('only for ada');
    await page.getByText(ada.notes[0]).waitFor();
    await page.getByRole('button', { name: 'End my session' }).click();
    await dialogOf(page).waitFor();
    await signIn(dialogOf(page), grace);
    await expectStatus('authenticated');
    await page.getByRole('heading', { name: grace.displayName }).waitFor();
    await page.getByText(grace.notes[0]).waitFor();
    expect(await draftIn(page).inputValue()).toBe('');
    expect(await page.getByText(ada.notes[0]).count()).toBe(0);
  });

  test('signs out for good: after a reload, and after Back', async ({ demo }) => {
    const { page, url, signIn, expectStatus, counts } = demo;
    await signIn();
    await expectStatus('authenticated');
    await page.getByText(ada.notes[0]).waitFor();
    await page.goto(`${url}/elsewhere`);
    await expectStatus('authenticated');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expectStatus('unauthenticated');
    expect(await page.content()).not.toContain(ada.displayName);
    const { apiCalls } = await counts();

    await page.evaluate('history.back()');
    await page.waitForURL(`${url}/`, { waitUntil: 'commit' });
    await expectStatus('unauthenticated');
    expect(await page.content()).not.toContain(ada.displayName);
    await page.reload();
    await expectStatus('unauthenticated');
    await delay(1500)();
    expect((await counts()).apiCalls).toBe(apiCalls);
    expect(await page.content()).not.toContain(ada.notes[0]);
  });

  test('tells what is wrong with a sign-in', async ({ demo }) => {
    const { page, signIn, expectStatus } = demo;
    const form = page.locator('.sign-in-screen');
    await signIn(form, { name: '', password: '' });
    await form.getByText('Please look at the fields again.').waitFor();
    expect(await form.getByLabel('User name').getAttribute('aria-invalid')).toBe('true');
    await signIn(form, { name: ada.name, password: 'wrong' });
    await form.getByText('This user name and password do not match.').waitFor();
    const tooMany = form.getByText('Too many attempts for this user name.');
    for (let count = 0; count < 20 && !(await tooMany.isVisible()); count++) {
      await signIn(form, { name: ada.name, password: `wrong ${count}` });
      await form.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
      await form.locator('.fault p').waitFor();
    }
    await tooMany.waitFor();
    await expectStatus('unauthenticated');
    await signIn(form, grace);
    await expectStatus('authenticated');
  });

  test('says that refreshing fails while it does, and loses no call by it', async ({ demo }) => {
    const { page, signIn, expectStatus, counts } = demo;
    await signIn();
    await expectStatus('authenticated');
    await choose(page, 'answers 503');
    await choose(page, '5 s');
    const banner = page.locator('.banner');
    await banner.getByText('The sign-in server answered 503').waitFor();
    await choose(page, 'works');
    await banner.getByText('503').waitFor({ state: 'detached', timeout: 30_000 });
    await page.getByText(/left of 5 s/).waitFor();
    await expectStatus('authenticated');
    expect((await counts()).apiRefusals).toBe(0);
  });

  test('answers 200 calls at once', async ({ demo }) => {
    const { page, url, signIn, counts } = demo;
    // Longer than 200 calls may stand in the browser's queue on a busy machine.
    const headers = { 'Content-Type': 'application/json' };
    await fetch(`${url}/demo/lifetime`, { method: 'POST', headers, body: '{"seconds":300}' });
    await signIn();
    await page.getByRole('button', { name: '200 calls now' }).click();
    await page.getByRole('status', { name: 'Burst' }).getByText('200 ok, 0 failed').waitFor();
    expect((await counts()).apiRefusals).toBe(0);
  });

  test('can be used by the keyboard alone', async ({ demo }) => {
    const { page, expectStatus } = demo;
    await page.getByLabel('User name').waitFor();
    await page.keyboard.type(ada.name);
    await page.keyboard.press('Tab');
    await page.keyboard.type(ada.password);
    await page.keyboard.press('Enter');
    await expectStatus('authenticated');
    const isFocused = (name: string) =>
      page.evaluate(
        (label) => document.activeElement?.matches('button') && document.activeElement.textContent === label,
        name,
      );
    for (let count = 0; count < 40 && !(await isFocused('End my session')); count++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await dialogOf(page).waitFor();
    await page.keyboard.type(ada.password);
    await page.keyboard.press('Enter');
    await expectStatus('authenticated');
  });

  test('fits on a phone that is 360 px wide', async ({ demo }) => {
    const { page, signIn, expectStatus } = demo;
    await page.setViewportSize({ width: 360, height: 740 });
    await page.getByLabel('User name').waitFor();
    await expectFits(page, 'the sign-in screen');
    await signIn();
    await expectStatus('authenticated');
    await page.getByText(ada.notes[0]).waitFor();
    await expectFits(page, 'the dashboard');
    await page.getByRole('button', { name: 'End my session' }).click();
    await dialogOf(page).waitFor();
    await expectFits(page, 'the re-login dialog');
  });
});

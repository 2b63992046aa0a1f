import type { Locator } from 'playwright';
import { describe, expect } from 'vitest';
import {
  description,
  dialogOf,
  listed,
  log,
  outcomeOf,
  sendButton,
  sendWithoutSession,
  write,
  written,
} from './demo-report.ts';
import { ada, test } from './harness/demo.ts';

describe.concurrent('the demo', { timeout: 120_000 }, () => {
  test('lets a report be called back while it waits, and keeps what was written', async ({ demo }) => {
    const { page, signIn, expectStatus, posts } = demo;
    await sendWithoutSession(demo);
    await dialogOf(page).getByRole('button', { name: 'Not now' }).click();
    await page.getByRole('button', { name: 'Don’t send it' }).click();
    await outcomeOf(page).getByText('You have cancelled it').waitFor();
    await page.getByRole('button', { name: 'Sign in again' }).click();
    expect(await dialogOf(page).innerText()).not.toContain('waiting');
    await signIn(dialogOf(page));
    await expectStatus('authenticated');
    expect(await description(page).inputValue()).toBe(written.description);
    expect(posts).toEqual([]);
    await sendButton(page).click();
    await outcomeOf(page).getByText('Your report has arrived').waitFor();
    expect(posts).toHaveLength(1);
  });

  test('gives a report up that has waited for ten minutes, says so, and keeps what was written', async ({ demo }) => {
    const { page, posts } = demo;
    await page.clock.install();
    await page.reload();
    await sendWithoutSession(demo);
    await page.clock.fastForward('10:01');
    await outcomeOf(page).getByText('it has waited too long for you to sign in').waitFor();
    await log(page).getByText('A held call was not sent: it has waited too long.').waitFor();
    expect(await description(page).inputValue()).toBe(written.description);
    expect(await dialogOf(page).isVisible()).toBe(true);
    expect(posts).toEqual([]);
  });

  test('holds fifty calls at most, and sends the report even so: reads make room for it', async ({ demo }) => {
    const { page, signIn, expectStatus, posts, reportsOf } = demo;
    const dialog = dialogOf(page);
    const goOn = async (waiting: string) => {
      await dialog.getByText(waiting).waitFor();
      await page.keyboard.press('Escape');
    };
    await signIn();
    await page.getByRole('radio', { name: 'are held' }).click();
    await write(page);
    await page.getByRole('button', { name: 'End my session' }).click();
    await goOn('1 call is waiting');
    await sendButton(page).click();
    await goOn('2 calls are waiting');
    await page.getByRole('button', { name: '200 calls now' }).click();
    await dialog.getByText('50 calls are waiting').waitFor();
    await log(page).getByText('A held call was not sent: too many were waiting.').first().waitFor();
    await signIn(dialog);
    await expectStatus('authenticated');
    await outcomeOf(page).getByText('Your report has arrived').waitFor();
    // The poll that has made room is back in a second, and takes the place of another one.
    await page
      .getByRole('status', { name: 'Burst' })
      .getByText(/^(49 ok, 151|48 ok, 152) failed$/)
      .waitFor();
    expect(posts).toHaveLength(1);
    expect(await reportsOf(ada)).toHaveLength(1);
  });

  test('keeps a report, and the place in it, for somebody who uses the keyboard alone', async ({ demo }) => {
    const { page, signIn, expectStatus, revoke, posts } = demo;
    const { keyboard } = page;
    const tabTo = async (field: Locator) => {
      const isFocused = () => field.evaluate((element) => element === document.activeElement);
      for (let count = 0; count < 60 && !(await isFocused()); count++) await keyboard.press('Tab');
      expect(await isFocused()).toBe(true);
    };
    await signIn();
    await tabTo(page.getByLabel('What went wrong'));
    await keyboard.type(written.title);
    await tabTo(page.getByLabel('Day'));
    await keyboard.type('07101843');
    await tabTo(page.getByLabel('How bad is it'));
    await keyboard.type('Work');
    await tabTo(description(page));
    await keyboard.type('A wheel');
    await revoke();
    await dialogOf(page).waitFor();
    // Meant for the report, and not for a password.
    await keyboard.type(' has');
    expect(await dialogOf(page).getByLabel('Password').inputValue()).toBe('');
    await keyboard.press('Escape');
    await dialogOf(page).waitFor({ state: 'hidden' });
    await keyboard.type(' had slipped.');
    await tabTo(sendButton(page));
    await keyboard.press('Enter');
    await dialogOf(page).getByText('1 call is waiting').waitFor();
    await keyboard.type(ada.password);
    await keyboard.press('Enter');
    await expectStatus('authenticated');
    await outcomeOf(page).getByText('Your report has arrived').waitFor();
    expect(await sendButton(page).evaluate((button) => button === document.activeElement)).toBe(true);
    expect(await listed(page).innerText()).toContain('A wheel had slipped.');
    expect(posts).toHaveLength(1);
  });

  test('tells why somebody was signed out, and that the server has not confirmed a sign-out, until it has', async ({
    demo,
  }) => {
    const { page, signIn, expectStatus } = demo;
    await signIn();
    await page.getByRole('button', { name: 'End my session' }).click();
    await dialogOf(page).waitFor();
    await log(page)
      .getByText('The session was ended on the server. (The server answered 401 invalid_grant.)')
      .waitFor();
    await signIn(dialogOf(page));
    await expectStatus('authenticated');
    await page.route('**/auth/logout', (route) => route.abort());
    await page.getByRole('button', { name: 'Sign out' }).click();
    await log(page).getByText('The server has not confirmed the sign-out yet').waitFor();
    await page.unroute('**/auth/logout');
    await log(page).getByText('The server has confirmed the sign-out.').waitFor();
  });
});

import { describe, expect } from 'vitest';
import {
  attachment,
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
import { ada, grace, test } from './harness/demo.ts';
import { eventually } from './harness/eventually.ts';

describe.concurrent('the demo', { timeout: 120_000 }, () => {
  test('sends a report whose session ended while it was written once, when its user is back, with a poll beside it', async ({
    demo,
  }) => {
    const { page, signIn, expectStatus, counts, posts, reportsOf } = demo;
    await sendWithoutSession(demo);
    const { apiCalls } = await counts();
    await log(page)
      .getByText(/A call failed: nobody is signed in.*×3/)
      .waitFor();
    expect((await counts()).apiCalls).toBe(apiCalls);

    await signIn(dialogOf(page));
    await expectStatus('authenticated');
    await outcomeOf(page).getByText('Your report has arrived').waitFor();
    expect(await listed(page).allInnerTexts()).toEqual([expect.stringContaining(written.title)]);
    expect(await description(page).inputValue()).toBe('');
    // The poll goes on for a while.
    const polled = (await counts()).apiCalls;
    await eventually(async () => expect((await counts()).apiCalls).toBeGreaterThan(polled + 3));
    expect(posts).toHaveLength(1);
    expect(await reportsOf(ada)).toEqual([
      expect.objectContaining({ ...written, attachment: { name: attachment.name, bytes: attachment.buffer.length } }),
    ]);
  });

  test('holds a report that finds out by itself that the session has ended', async ({ demo }) => {
    const { page, signIn, expectStatus, revoke, posts, reportsOf } = demo;
    await signIn();
    await page.getByRole('switch', { name: 'Call the API every second' }).uncheck();
    await write(page);
    await revoke();
    await sendButton(page).click();
    await dialogOf(page).getByText('1 call is waiting').waitFor();
    await signIn(dialogOf(page));
    await expectStatus('authenticated');
    await outcomeOf(page).getByText('Your report has arrived').waitFor();
    const answers = await Promise.all(posts.map(async (post) => (await post.response())?.status()));
    expect(answers).toEqual([401, 201]);
    expect(await reportsOf(ada)).toHaveLength(1);
    await log(page).getByText('A call was refused and sent again with a new token.').waitFor();
  });

  test('sends nothing when somebody else signs in, says so, and shows them nothing of it', async ({ demo }) => {
    const { page, signIn, expectStatus, counts, posts, reportsOf } = demo;
    await sendWithoutSession(demo);
    await signIn(dialogOf(page), grace);
    await expectStatus('authenticated');
    await page.getByRole('heading', { name: grace.displayName }).waitFor();
    await outcomeOf(page).getByText('was not sent, because somebody else has signed in').waitFor();
    expect(await description(page).inputValue()).toBe('');
    const shown = await page.evaluate(() => {
      const fields = [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea')];
      return [document.documentElement.innerHTML, ...fields.map(({ value }) => value)].join();
    });
    for (const text of [written.title, 'slipped', ada.displayName]) expect(shown).not.toContain(text);
    const polled = (await counts()).apiCalls;
    await eventually(async () => expect((await counts()).apiCalls).toBeGreaterThan(polled + 3));
    expect(posts).toEqual([]);
    expect([await reportsOf(ada), await reportsOf(grace)]).toEqual([[], []]);
  });

  test('sends nothing after a sign-out, and says so where one signs in', async ({ demo }) => {
    const { page, signIn, expectStatus, posts, reportsOf } = demo;
    await sendWithoutSession(demo);
    await dialogOf(page).getByRole('button', { name: 'Sign out instead' }).click();
    await expectStatus('unauthenticated');
    await outcomeOf(page).getByText('was not sent, because of the sign-out').waitFor();
    await log(page).getByText('A held call was not sent: you have signed out.').waitFor();
    await signIn();
    await expectStatus('authenticated');
    expect(await description(page).inputValue()).toBe('');
    expect(posts).toEqual([]);
    expect(await reportsOf(ada)).toEqual([]);
  });
});

import type { Page } from 'playwright';
import { expect } from 'vitest';
import type { DemoWorld } from './harness/demo.ts';

export const written = {
  title: 'The Engine has stopped at column seven',
  happenedOn: '1843-07-10',
  severity: 'blocking',
  description: 'A wheel of the mill had slipped.\nI have marked it with chalk.',
};
export const attachment = { name: 'wheel.txt', mimeType: 'text/plain', buffer: Buffer.from('chalk, chalk') };

export const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'Please sign in again' });
export const outcomeOf = (page: Page) => page.getByRole('status', { name: 'Report' });
export const sendButton = (page: Page) => page.getByRole('button', { name: 'Send report' });
export const description = (page: Page) => page.getByLabel('What happened');
export const log = (page: Page) => page.getByRole('log');
export const listed = (page: Page) => page.getByRole('list', { name: 'Your reports' }).getByRole('listitem');

export const write = async (page: Page) => {
  await page.getByLabel('What went wrong').fill(written.title);
  await page.getByLabel('Day').fill(written.happenedOn);
  await page.getByLabel('How bad is it').selectOption(written.severity);
  await page.getByLabel('Photo or log').setInputFiles(attachment);
  await description(page).fill(written.description);
};

/** Ada is writing when her session ends; she goes on, and sends what she has written. */
export const sendWithoutSession = async ({ page, signIn, expectStatus, posts }: DemoWorld) => {
  await signIn();
  await write(page);
  await page.getByRole('button', { name: 'End my session' }).click();
  await dialogOf(page).waitFor();
  await expectStatus('relogin-required');
  expect(await description(page).inputValue()).toBe(written.description);
  expect(await dialogOf(page).innerText()).not.toContain('waiting');
  await page.keyboard.press('Escape');
  await dialogOf(page).waitFor({ state: 'hidden' });
  await sendButton(page).click();
  await dialogOf(page).getByText('1 call is waiting').waitFor();
  await outcomeOf(page).getByText('Waiting for you to sign in again').waitFor();
  expect(await description(page).inputValue()).toBe(written.description);
  expect(posts).toEqual([]);
};

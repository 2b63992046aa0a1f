import { describe } from 'vitest';
import { startExample } from './harness/server.ts';
import { testsOf } from './harness/visit.ts';

const test = testsOf(() => startExample('minimal-react'));

describe('the minimal React example', () => {
  test('signs in, calls, stays signed in over a reload, and signs out', async ({ visit }) => {
    const { page, signIn } = await visit();
    await signIn({ name: 'ada', password: 'secret' });
    await page.getByRole('button', { name: 'Load' }).click();
    await page.getByText('Tea').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Load' }).click();
    await page.getByText('Cups').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  });

  test('says that a sign-in failed', async ({ visit }) => {
    const { page, signIn } = await visit();
    await signIn({ name: 'ada', password: 'wrong' });
    await page.getByText('Wrong name or password.').waitFor();
  });
});

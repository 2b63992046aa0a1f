import { expect } from 'vitest';
import type { WorldOf } from '../harness/create-world.ts';
import type { DrivenPage } from '../harness/driven-page.ts';
import { eventually } from '../harness/eventually.ts';
import type { Tab } from '../harness/tab.ts';

declare global {
  interface Window {
    /** When the page has shown first that nobody is signed in. */
    endedAt?: number;
  }
}

/** Signs out in one tab, and says how many ms later the last one has shown it. */
export const signOutEverywhere = async <P extends DrivenPage>(
  from: Tab<P>,
  tabs: readonly Tab<P>[],
): Promise<number> => {
  for (const { page } of tabs) {
    await page.evaluate(() => {
      window.auth.subscribe(({ status }) => {
        if (status === 'unauthenticated') window.endedAt ??= Date.now();
      });
    });
  }
  const begunAt = await from.page.evaluate(() => {
    const at = Date.now();
    void window.auth.signOut();
    return at;
  });
  const ends = await Promise.all(
    tabs.map(({ page }) =>
      eventually(async () => {
        const endedAt = await page.evaluate(() => window.endedAt ?? 0);
        expect(endedAt).toBeGreaterThan(0);
        return endedAt;
      }),
    ),
  );
  return Math.max(...ends) - begunAt;
};

/** Nobody is signed in, in none of the tabs, and no call is sent: neither now nor after a reload of each. */
export const expectNobody = async <P extends DrivenPage>({ server }: WorldOf<P>, tabs: readonly Tab<P>[]) => {
  const sent = server.log.api().length;
  for (const tab of tabs) {
    expect(await tab.session()).toMatchObject({ status: 'unauthenticated' });
    expect(await tab.call('/api/echo')).toMatchObject({ error: 'UnauthenticatedError' });
  }
  for (const tab of tabs) {
    await tab.reload();
    await tab.start();
    expect(await tab.known()).toMatchObject({ status: 'unauthenticated' });
    expect(await tab.call('/api/echo')).toMatchObject({ error: 'UnauthenticatedError' });
  }
  expect(server.log.api()).toHaveLength(sent);
};

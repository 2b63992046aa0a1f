import { describe, expect } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import { delay, gate } from '../harness/faults.ts';
import type { Tab } from '../harness/tab.ts';
import type { HideablePage } from '../lifecycle/hideable-page.ts';
import { countFrom } from '../lifecycle/situations.ts';
import { expectSessionAlive } from '../lifecycle/strict.ts';
import { type OwnWorld, test } from '../lifecycle/test.ts';
import { callsAt, failed, say, shareShortToken, slowestMs, tabsOf } from './several.ts';

const strict = { graceMs: 0, clockToleranceMs: 0 } as const;
const ok = { status: 200, body: { user: 'id-ann' } };

const freeze = async ({ page }: Tab<HideablePage>) => {
  await page.evaluate(() => {
    for (const type of ['freeze', 'resume']) document.addEventListener(type, () => window.told.push(type));
    window.auth.onEvent(({ type }) => window.told.push(`${type} at ${Date.now()}`));
  });
  await page.hide();
  await page.freeze();
};

const thaw = async ({ page, told }: Tab<HideablePage>) => {
  await page.thaw();
  await eventually(async () => expect(await told()).toContain('resume'));
};

/** What was told since the page was frozen: messages are heard before the event that says that it is woken. */
const toldSince = async ({ told }: Tab<HideablePage>) => {
  const lines = await told();
  return lines.slice(lines.indexOf('freeze') + 1);
};

describe.concurrent('a tab that is frozen while it has the lock', () => {
  test.for(['before', 'after'] as const)(
    'costs 19 others seconds, and neither a call nor the session (the server is slow %s its commit)',
    async (when, { open }) => {
      const world = await open({ ...strict, client: false });
      const { server } = world;
      const tabs = await tabsOf(world, 20, { hidden: true });
      const [, holder, ...others] = tabs as readonly Tab<HideablePage>[];
      if (holder === undefined) return;
      const endsAt = await shareShortToken(world, tabs, 6000);
      const answer = gate();
      server.faults.next('/auth/refresh', { [when]: answer.pass });
      const counted = countFrom(server);
      await holder.page.evaluate(() => void window.auth.refresh().catch(() => {}));
      await eventually(() => expect(counted.refreshes()).toHaveLength(1));
      await freeze(holder);
      const outcomes = await callsAt([world, ...others], endsAt, 5);
      say(`lock holder frozen (${when}), 19 tabs`, {
        refreshes: counted.refreshes().length - 1,
        keys: new Set(counted.refreshes().map(({ key }) => key)).size,
        failed: failed(outcomes).length,
        slowestMs: slowestMs(outcomes),
      });
      expect(failed(outcomes)).toEqual([]);
      expect(slowestMs(outcomes)).toBeLessThan(10_000);
      // That of the tab which is frozen, and its repetition.
      expect(counted.refreshes()).toHaveLength(2);
      expect(new Set(counted.refreshes().map(({ key }) => key)).size).toBe(1);

      answer.open();
      await eventually(() => expect(counted.refreshes()[0]?.status).not.toBe(0));
      await thaw(holder);
      expect(await holder.call('/api/echo')).toMatchObject(ok);
      expect(server.log.api().filter(({ status }) => status !== 200)).toEqual([]);
      await expectSessionAlive(world);
    },
  );
});

/** Two tabs in the background, of which the second one is frozen. */
const freezeOneOfTwo = async (world: OwnWorld) => {
  const [first, second] = await tabsOf(world, 2);
  if (second === undefined) throw new Error('There is no second tab.');
  await first.page.hide();
  return { first, second };
};

describe.concurrent('a tab that was frozen', () => {
  test('takes no token from a sibling that has come to its end meanwhile', async ({ open }) => {
    const world = await open({ ...strict, client: false });
    const { server } = world;
    const { first, second } = await freezeOneOfTwo(world);
    await freeze(second);
    server.tokenLifeMs = 2000;
    const endsAt = Date.now() + 2000;
    expect(await first.refresh()).toMatchObject({ status: 200 });
    await delay(3100)();
    server.tokenLifeMs = 60_000;
    server.api.refuseTokensSoFar();
    const counted = countFrom(server);
    await thaw(second);
    expect(await second.call('/api/echo')).toMatchObject(ok);
    // Chromium lets a frozen page hear messages; what it took then was good at that time.
    for (const line of await toldSince(second)) {
      const [, at] = /^adopted at (\d+)$/.exec(line) ?? [];
      if (at !== undefined) expect(Number(at)).toBeLessThan(endsAt);
    }
    expect(counted.refreshes()).toHaveLength(1);
    await expectSessionAlive(world);
  });

  test('takes the token that its sibling got meanwhile, and asks for none', async ({ open }) => {
    const world = await open({ ...strict, client: false });
    const { server } = world;
    const { first, second } = await freezeOneOfTwo(world);
    await freeze(second);
    expect(await first.refresh()).toMatchObject({ status: 200 });
    const counted = countFrom(server);
    await thaw(second);
    await eventually(async () => expect(await toldSince(second)).toContain('event received-from-tab'));
    expect(await second.call('/api/echo')).toMatchObject(ok);
    expect(counted.refreshes()).toEqual([]);
    await expectSessionAlive(world);
  });

  test.for(['share', 'off'] as const)(
    'REV-10: while somebody signed out in another hands out nothing, not even to who hears first of its waking (tabs: %s)',
    async (tabs, { open }) => {
      const world = await open({ ...strict, client: false });
      const { server } = world;
      const [first] = await tabsOf(world, 1, { client: { tabs } });
      const second = await world.another();
      await second.page.evaluate(() => {
        const call = (from: string) => {
          if (window.auth === undefined) return;
          void window.auth
            .getAccessToken()
            .then(() => window.told.push('token'))
            .catch(() => window.told.push('none'));
          void window.outcomeOf(() => window.auth.authFetch('/api/awake'));
          // A look at the session compares nothing (C-12), what acts does.
          window.told.push(`${from} ${window.auth.getSession().status}`);
        };
        document.addEventListener('resume', () => call('before start'));
        window.addEventListener('resume', () => call('capturing'), { capture: true });
        document.addEventListener('visibilitychange', () => document.hidden || call('visible'), { capture: true });
      });
      await second.start({ tabs });
      await second.known('authenticated');
      await first?.page.hide();
      await freeze(second);
      expect(await first?.signOut()).toEqual({ confirmed: true });
      await thaw(second);
      await second.page.show();
      expect(await second.call('/api/awake')).toMatchObject({ error: 'UnauthenticatedError' });
      const told = await second.told();
      const awake = told.filter((line) => /^(before start|capturing|visible|token|none)\b/.test(line));
      expect(awake).toContain('before start unauthenticated');
      expect(awake).toContain('capturing unauthenticated');
      expect(awake).not.toContain('token');
      expect(awake.filter((line) => line.endsWith(' authenticated'))).toEqual([]);
      await delay(300)();
      expect(server.log.of('/api/awake')).toEqual([]);
      expect(await second.session()).toEqual({ status: 'unauthenticated', reason: 'signed-out-elsewhere' });
    },
  );
});

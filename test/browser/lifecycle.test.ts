import { describe, expect } from 'vitest';
import { eventually } from './harness/eventually.ts';
import { delay, gate } from './harness/faults.ts';
import {
  countFrom,
  expectOneRefreshAndNo401,
  expectRepeatedAndKept,
  freezeWhile,
  inMidRefresh,
  untilExpired,
} from './lifecycle/situations.ts';
import { ok, strict as strictly } from './lifecycle/strict.ts';
import { test } from './lifecycle/test.ts';

const strict = { ...strictly, tokenLifeMs: 2000 };

describe.concurrent('TIM-2: a page that was frozen', () => {
  test.for([
    ['in the background', false],
    ['in front again', true],
  ] as const)(
    'past expiry makes its first call, %s, with one refresh and without a 401',
    async ([, inFront], { open }) => {
      const world = await open(strict);
      const counted = await freezeWhile(world, () => untilExpired(world));
      if (inFront) await world.page.show();
      expect(await world.call('/api/echo')).toMatchObject(ok);
      expectOneRefreshAndNo401(counted);
      expect(await world.session()).toMatchObject({ status: 'authenticated' });
    },
  );

  test('for a moment goes on with its token', async ({ open }) => {
    const world = await open({ ...strict, tokenLifeMs: 60_000 });
    const counted = countFrom(world.server);
    await freezeWhile(world, delay(300));
    await world.page.show();
    expect(await world.call('/api/echo')).toMatchObject(ok);
    expect(counted.refreshes()).toEqual([]);
  });

  test('during a refresh takes the answer that came meanwhile', async ({ open }) => {
    const world = await open(strict);
    const { release, refreshes } = await inMidRefresh(world, false);
    await freezeWhile(world, async () => {
      release();
      await untilExpired(world);
    });
    await world.page.show();
    expect(await world.call('/api/echo')).toMatchObject(ok);
    expect(refreshes().map(({ status }) => status)).toEqual([200]);
  });

  test('during a refresh whose answer is lost meanwhile repeats it with the same key, and loses nothing', async ({
    open,
  }) => {
    const world = await open(strict);
    const { release, refreshes } = await inMidRefresh(world, true);
    await freezeWhile(world, async () => {
      release();
      await untilExpired(world);
    });
    await world.page.show();
    expect(await world.call('/api/echo')).toMatchObject(ok);
    await expectRepeatedAndKept(world, refreshes());
  });

  test('while its session was revoked learns it from its first call, which is not sent', async ({ open }) => {
    const world = await open(strict);
    const { sid } = (await world.session()).claims as { readonly sid: string };
    const counted = await freezeWhile(world, async () => {
      await world.server.authority.endSession(sid);
      return untilExpired(world);
    });
    await world.page.show();
    expect(await world.call('/api/echo')).toMatchObject({ error: 'UnauthenticatedError', reason: 'revoked' });
    expect(await world.session()).toMatchObject({ status: 'relogin-required', reason: 'revoked' });
    expect(counted.calls()).toEqual([]);
    expect(counted.refreshes()).toHaveLength(1);
  });
});

/** Prerenders /ahead when /ready answers, and goes there when /go does. */
const rules = { prerender: [{ source: 'list', urls: ['/ahead'], eagerness: 'immediate' }] };
const initiator = `<!doctype html><script>
  fetch('/ready').then(() => {
    const script = document.createElement('script');
    script.type = 'speculationrules';
    script.textContent = '${JSON.stringify(rules)}';
    document.head.append(script);
    return fetch('/go');
  }).then(() => location.assign('/ahead'));
  </script>`;
/** Starts a client and makes a call at once. It says what it is and has by the addresses of calls, as nothing may be attached. */
const ahead = `<!doctype html><script src="/lib.js"></script><script>
  fetch('/prerendering/' + document.prerendering);
  begin();
  const first = outcomeOf(() => auth.authFetch('/api/first'));
  setTimeout(() => fetch('/started/' + auth.getSession().status), 500);
  first.then(({ status }) => fetch('/first/' + status + '/' + auth.getSession().status));
  </script>`;
const html = (text: string) => () => new Response(text, { headers: { 'content-type': 'text/html' } });

describe.concurrent('a prerendered page', () => {
  test('asks the server nothing before it is looked at, and works from then on', async ({ open }) => {
    const { server, profile } = await open({ ...strict, tokenLifeMs: 60_000 });
    const { pages, log } = server;
    const counted = countFrom(server);
    const ready = gate();
    const go = gate();
    pages.set('/initiator', html(initiator));
    pages.set('/ahead', html(ahead));
    pages.set('/ready', () => ready.pass().then(() => new Response('')));
    pages.set('/go', () => go.pass().then(() => new Response('')));
    await profile.openAlone(`${server.origin}/initiator`);
    ready.open();
    await eventually(() => expect(log.of('/started/loading')).toHaveLength(1));
    expect(log.of('/prerendering/true')).toHaveLength(1);
    expect([...counted.refreshes(), ...counted.calls()]).toEqual([]);

    go.open();
    await eventually(() => expect(log.of('/first/200/authenticated')).toHaveLength(1));
    expect(log.of('/ahead')).toHaveLength(1);
    // None where the tab that is signed in beside it, hidden, has answered in time.
    expect(counted.refreshes().length).toBeLessThanOrEqual(1);
    expect(counted.calls().map(({ status }) => status)).toEqual([200]);
  });
});

describe('a machine that slept', () => {
  test('past expiry makes the call that was due meanwhile with one refresh and without a 401', async ({
    open,
    own,
  }) => {
    const world = await open(strict);
    // Due before the client's own timer, and so made before the client has seen that time went by.
    await world.page.evaluate(() => {
      setTimeout(() => void window.outcomeOf(() => window.auth.authFetch('/api/due')), 1000);
    });
    const counted = await own.sleep(() => untilExpired(world));
    await eventually(() => expect(world.server.log.of('/api/due').at(-1)?.status).toBe(200));
    expectOneRefreshAndNo401(counted);
    expect(await world.call('/api/echo')).toMatchObject(ok);
    expect(counted.refreshes()).toHaveLength(1);
  });

  test('during a refresh whose answer is lost meanwhile repeats it with the same key, and loses nothing', async ({
    open,
    own,
  }) => {
    const world = await open(strict);
    const { release, refreshes } = await inMidRefresh(world, true);
    await own.sleep(async () => {
      release();
      await untilExpired(world);
    });
    expect(await world.call('/api/echo')).toMatchObject(ok);
    await expectRepeatedAndKept(world, refreshes());
  });
});

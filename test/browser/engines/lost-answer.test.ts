import { expect } from 'vitest';
import { inEngines, test } from '../harness/engines/world.ts';
import { delay } from '../harness/faults.ts';

const ok = { status: 200, body: { user: 'id-ann' } };

/** Over HTTP/1.1 the connection ends, over HTTP/2 the stream: browsers repeat a request after the one, not after the other. */
const protocols = ['http/1.1', 'h2'] as const;
const variants = protocols.flatMap((protocol) => [10_000, 0].map((graceMs) => [protocol, graceMs] as const));

inEngines('RT-20: an answer that is lost after the server has committed the refresh', (engine) => {
  test.for(variants)(
    'costs no call and no session, also at the refresh after it (%s, grace %i ms)',
    async ([protocol, graceMs], { open }) => {
      const tls = protocol === 'h2' || protocol;
      const { server, calls, call, refresh, reload, start, known, session } = await open(engine, {
        user: 'ann',
        tls,
        graceMs,
      });
      const before = server.log.refreshes().length;
      server.api.refuseTokensSoFar();
      server.faults.next('/auth/refresh', { drop: true });
      for (const outcome of await calls(20, '/api/echo')) expect(outcome).toMatchObject(ok);
      expect(await session()).toMatchObject({ status: 'authenticated' });
      const [lost, repeated, ...more] = server.log.refreshes().slice(before);
      expect(repeated).toMatchObject({ status: 200, key: lost?.key });
      expect(lost?.key).toMatch(/./);
      expect(more).toEqual([]);

      expect(await refresh()).toMatchObject({ status: 200 });
      expect(await call('/api/echo')).toMatchObject(ok);
      await reload();
      await start();
      expect(await known()).toMatchObject({ status: 'authenticated' });
      const happened = server.events.map(({ type }) => type);
      expect(happened).not.toContain('refresh-reused');
      expect(happened).not.toContain('revoked');
    },
  );

  test.for([10_000, 0])('costs no call that is made with the token before (grace %i ms)', async (graceMs, { open }) => {
    const { server, page, call, calls, refresh } = await open(engine, { user: 'ann', graceMs });
    const before = server.log.refreshes().length;
    server.faults.next('/auth/refresh', { after: delay(300), drop: true });
    await page.evaluate(() => void window.auth.refresh().catch(() => {}));
    while (server.log.refreshes().length < before + 2) expect(await call('/api/echo')).toMatchObject(ok);
    for (const outcome of await calls(20, '/api/echo')) expect(outcome).toMatchObject(ok);
    expect(await refresh()).toMatchObject({ status: 200 });
    expect(await call('/api/echo')).toMatchObject(ok);
    expect(server.log.api().filter(({ status }) => status !== 200)).toEqual([]);
    expect(server.events.map(({ type }) => type)).not.toContain('refresh-reused');
  });
});

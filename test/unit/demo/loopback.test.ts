import { createServer, type Server } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listenOnLoopback } from '../../../demo/server/loopback.ts';
import { createRefreshFault } from '../../../demo/server/refresh-fault.ts';
import { startDemo } from '../../../demo/server/start.ts';

/** Servers on a machine that answers so to an attempt to listen; the codes are those of the system. */
function serversThat(codeOf: (port: number, host: string) => string | undefined) {
  const tried: string[] = [];
  const create = (): Server => {
    const server = createServer();
    const listen = server.listen.bind(server);
    server.listen = ((port: number, host: string) => {
      tried.push(`${host} ${port}`);
      const code = codeOf(port, host);
      if (code === undefined) return listen(port, '127.0.0.1');
      queueMicrotask(() => server.emit('error', Object.assign(new Error(code), { code })));
      return server;
    }) as Server['listen'];
    return server;
  };
  return { create, tried };
}

describe('listenOnLoopback', () => {
  it.each([0, 4000])('says so when there is no loopback address at all: port %i', async (port) => {
    const { create, tried } = serversThat(() => 'EADDRNOTAVAIL');
    await expect(listenOnLoopback(port, create)).rejects.toThrow('no loopback address');
    expect(tried).toEqual([`127.0.0.1 ${port}`, `::1 ${port}`]);
  });

  it('does with IPv6 alone', async () => {
    const { create } = serversThat((_, host) => (host === '127.0.0.1' ? 'EAFNOSUPPORT' : undefined));
    const { port, close } = await listenOnLoopback(0, create);
    onTestFinished(close);
    expect(port).toBeGreaterThan(0);
  });

  it('does with IPv4 alone', async () => {
    const { create } = serversThat((_, host) => (host === '::1' ? 'EADDRNOTAVAIL' : undefined));
    const { port, close } = await listenOnLoopback(0, create);
    onTestFinished(close);
    expect(port).toBeGreaterThan(0);
  });

  it.each([
    [0, 'No free port'],
    [4000, 'No free port from 4000 on'],
  ])('gives up after fifty taken ports: from %i', async (port, message) => {
    const { create, tried } = serversThat(() => 'EADDRINUSE');
    await expect(listenOnLoopback(port, create)).rejects.toThrow(message);
    expect(tried).toHaveLength(50);
  });
});

describe('startDemo', () => {
  it('leaves no listener behind when the demo cannot be made', async () => {
    const { port, close } = await listenOnLoopback(0, () => createServer());
    await close();
    await expect(startDemo({ port, dbFile: '/dev/null/demo.sqlite' })).rejects.toThrow();
    const again = await listenOnLoopback(port, () => createServer());
    onTestFinished(again.close);
    expect(again.port).toBe(port);
  });
});

describe('createRefreshFault', () => {
  it('holds answers with tokens back and lets every other one go', async () => {
    const fault = createRefreshFault();
    fault.set({ mode: 'hang', delayMs: 60_000 });
    expect((await fault.apply(async () => new Response(null, { status: 204 }))).status).toBe(204);
    expect((await fault.apply(async () => Response.json({}, { status: 401 }))).status).toBe(401);
    let isHeld = true;
    const held = fault
      .apply(async () => Response.json({}))
      .then((answer) => {
        isHeld = false;
        return answer.status;
      });
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    expect(isHeld).toBe(true);
    fault.release();
    expect(await held).toBe(200);
  });
});

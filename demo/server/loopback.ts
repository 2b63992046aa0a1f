import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MiddlewareHandler } from 'hono';

const LOOPBACK_HOST = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

const MAX_ATTEMPTS = 50;

/**
 * Turns away requests that were meant for another host: a foreign name that resolves to this machine would make a foreign
 * page same-origin with the demo (DNS rebinding).
 */
export const loopbackOnly: MiddlewareHandler = async (c, next) => {
  if (!LOOPBACK_HOST.test(new URL(c.req.url).hostname)) return c.json({ error: 'misdirected_request' }, 421);
  return next();
};

/**
 * Listens on both loopback addresses, since browsers differ in which of them `localhost` is. A port that is taken on either
 * counts as taken: somebody else's app would answer half of the requests.
 */
export async function listenOnLoopback(
  wanted: number,
  createServer: () => Server,
): Promise<{ port: number; close(): Promise<void> }> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const port = wanted === 0 ? 0 : wanted + attempt;
    const v4 = await listen(createServer(), port, '127.0.0.1');
    if (v4 === 'taken') continue;
    const v6 = await listen(createServer(), v4 === 'unsupported' ? port : portOf(v4), '::1');
    const servers = [v4, v6].filter((server) => typeof server !== 'string');
    const [first] = servers;
    if (first === undefined && v6 === 'unsupported') throw new Error('This machine has no loopback address.');
    if (first !== undefined && v6 !== 'taken') return { port: portOf(first), close: () => closeAll(servers) };
    await closeAll(servers);
  }
  throw new Error(`No free port from ${wanted} on.`);
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function listen(server: Server, port: number, host: string): Promise<Server | 'taken' | 'unsupported'> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return server;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') return 'taken';
    if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return 'unsupported';
    throw error;
  }
}

async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(
    servers.map((server) => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      return closed;
    }),
  );
}

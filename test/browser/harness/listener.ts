import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { certificate } from './certificate.ts';

export type Incoming = IncomingMessage | Http2ServerRequest;
export type Outgoing = ServerResponse | Http2ServerResponse;

/** A server on a free port of this machine that can be taken down and put up again at the same address. */
export interface Listener {
  readonly port: number;
  up(): Promise<void>;
  down(): Promise<void>;
}

/** Plain HTTP/1.1, or with `tls` HTTP/2 and HTTP/1.1, or HTTP/1.1 alone. */
export const listen = async (
  tls: boolean | 'http/1.1',
  handle: (request: Incoming, response: Outgoing) => Promise<void>,
): Promise<Listener> => {
  const sockets = new Set<Socket>();
  const answer = (request: Incoming, response: Outgoing) => {
    // Whoever asked may be gone: that is part of some tests.
    response.on('error', () => {});
    handle(request, response).catch((error: unknown) => {
      response.statusCode = 599;
      response.end(String(error));
    });
  };
  const keepAliveTimeout = 60_000;
  const server =
    tls === true
      ? createSecureServer({ ...certificate(), allowHTTP1: true }, answer)
      : tls === false
        ? createServer({ keepAliveTimeout }, answer)
        : createHttpsServer({ ...certificate(), keepAliveTimeout }, answer);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  const up = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await up(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    up: () => up(port),
    down: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
};

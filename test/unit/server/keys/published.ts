import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JSONWebKeySet } from 'jose';
import { onTestFinished } from 'vitest';

/** An address on loopback, until the test has finished, that publishes keys; what it answers can be changed. */
export async function publish(read: () => Promise<JSONWebKeySet>) {
  const published = { asked: 0, status: 200, delayMs: 0, url: '' };
  const server = createServer(async (_request, response) => {
    published.asked += 1;
    if (published.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, published.delayMs));
    response.writeHead(published.status, { 'Content-Type': 'application/jwk-set+json' });
    response.end(JSON.stringify(await read()));
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  published.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/jwks.json`;
  return published;
}

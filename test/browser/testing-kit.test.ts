import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from './harness/browser.ts';
import { bundle } from './harness/bundle.ts';
import type { useTestClient } from './harness/testing-page.ts';

let server: ReturnType<typeof createServer>;
let browser: Awaited<ReturnType<typeof launch>>;

beforeAll(async () => {
  const script = await bundle(new URL('./harness/testing-page.ts', import.meta.url), 'development');
  const files: Record<string, [type: string, text: string]> = {
    '/': ['text/html', '<!doctype html><title>test</title><script src="/page.js"></script>'],
    '/page.js': ['text/javascript', script],
  };
  server = createServer(({ url = '' }, response) => {
    const [type, text] = files[url] ?? [];
    if (type === undefined) response.writeHead(404).end();
    else response.setHeader('Content-Type', type).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
});

const inPage = async <T>(run: () => Promise<T>): Promise<T> => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  return page.evaluate(run);
};

/** What the page's script offers. */
declare const bundled: { readonly useTestClient: typeof useTestClient };

describe('silent-refresh/testing in a page of Chromium', () => {
  it('has a client without a network', async () => {
    expect(await inPage(() => (globalThis as never as { bundle: typeof bundled }).bundle.useTestClient())).toEqual({
      first: '1',
      replayed: '1',
      confirmed: true,
    });
  });
});

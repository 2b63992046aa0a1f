import { createServer, type RequestListener } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createDemo, type Demo, type DemoOptions } from './demo.ts';
import { listenOnLoopback } from './loopback.ts';

export interface RunningDemo {
  /** `http://localhost:<port>`, without a slash at its end. */
  readonly url: string;
  readonly demo: Demo;
  close(): Promise<void>;
}

/** Starts the demo on this machine's loopback addresses: on `port`, or the next one that is free; 0 is any free port. */
export async function startDemo({ port = 0, ...options }: DemoOptions & { port?: number } = {}): Promise<RunningDemo> {
  let answer: RequestListener = (_, response) => void response.writeHead(503).end();
  const servers = await listenOnLoopback(port, () => {
    const server = createServer((request, response) => answer(request, response));
    // Above any browser's own limit: a connection closed by us just as it is used again makes the browser send twice.
    server.keepAliveTimeout = 120_000;
    return server;
  });
  // All ports of a host share one cookie jar, so two demos at once need two names.
  const named = { cookieName: `silent-refresh-demo-${servers.port}`, ...options };
  const demo = await createDemo(named).catch(async (error: unknown) => {
    await servers.close();
    throw error;
  });
  const listener = getRequestListener(demo.app.fetch);
  answer = (request, response) => void listener(request, response);

  const close = async () => {
    demo.releaseHeldAnswers();
    await servers.close();
    await demo.close();
  };
  let closing: Promise<void> | undefined;
  return {
    url: `http://localhost:${servers.port}`,
    demo,
    close() {
      closing ??= close();
      return closing;
    },
  };
}

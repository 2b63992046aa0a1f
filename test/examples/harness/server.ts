import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { eventually } from '../../browser/harness/eventually.ts';
import { installedExamples } from './installed.ts';

export interface RunningServer {
  /** `http://localhost:<port>`, without a slash at its end. */
  readonly url: string;
  /** What it has written so far. */
  said(): string;
  stop(): Promise<void>;
}

/** An example, served by the command that its README names. */
export async function startExample(name: string): Promise<RunningServer> {
  return startServer([`examples/${name}/server.ts`], await installedExamples(), {});
}

/** A server in a Node of its own, on a port of its own, once it answers. */
export async function startServer(
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
): Promise<RunningServer> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const node = join(import.meta.dirname, '../../../node_modules/.bin/node');
  const child = spawn(node, args, {
    cwd,
    env: { ...process.env, NODE_ENV: undefined, PORT: `${port}`, APP_ORIGIN: url, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  let said = '';
  const note = (text: Buffer) => {
    said += text.toString();
  };
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  const stop = async () => {
    child.kill();
    await ended;
  };
  try {
    await Promise.race([
      eventually(() => fetch(url), { timeout: 90_000 }),
      ended.then(() => {
        throw new Error(`The server has ended: ${said}`);
      }),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, said: () => said, stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

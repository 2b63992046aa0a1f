import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Server processes of the demo that share their sessions. */
export interface DemoProcesses {
  /** The ports of those that are there now. */
  ports(): readonly number[];
  /** Kills one of them, whatever it is doing, and starts another in its place. */
  replaceOne(): Promise<void>;
  stop(): Promise<void>;
}

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
}

export async function startDemoProcesses(count: number, env: NodeJS.ProcessEnv): Promise<DemoProcesses> {
  const running = new Set<Running>();

  async function start(): Promise<void> {
    const child = fork(fileURLToPath(new URL('./demo-process.ts', import.meta.url)), { env });
    const [said] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([code]) => Promise.reject(new Error(`A process of the demo ended with ${code}.`))),
    ]);
    running.add({ child, port: (said as { port: number }).port });
  }

  async function kill(process: Running): Promise<void> {
    running.delete(process);
    const ended = once(process.child, 'exit');
    process.child.kill('SIGKILL');
    await ended;
  }

  // One after the other: the first one makes the database.
  for (let n = 0; n < count; n += 1) await start();
  return {
    ports: () => [...running].map(({ port }) => port),
    async replaceOne() {
      const all = [...running];
      const one = all[Math.floor(Math.random() * all.length)];
      if (one) await kill(one);
      await start();
    },
    async stop() {
      await Promise.all([...running].map(kill));
    },
  };
}

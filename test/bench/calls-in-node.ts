import { type CallFigures, measureCalls, whileWaiting } from './measure-calls.ts';
import { installStubPage } from './stub-page.ts';

/** One run of the built package in this process: figures of calls, and what a waiting call keeps in memory. */
export const measureInNode = async (): Promise<CallFigures & { readonly waitingBytes: number }> => {
  installStubPage('https://app.example.com/');
  const built = new URL('../../dist/index.js', import.meta.url).href;
  const { createAuthClient, holdCalls } = (await import(built)) as typeof import('../../src/index.ts');
  const figures = await measureCalls(createAuthClient, holdCalls);
  const used = () => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  const count = 10_000;
  let before = 0;
  let during = 0;
  await whileWaiting(
    createAuthClient,
    count,
    () => {
      before = used();
    },
    () => {
      during = used();
    },
  );
  return { ...figures, waitingBytes: (during - before) / count };
};

if (process.argv[1] === import.meta.filename) {
  process.send?.(await measureInNode());
  process.disconnect?.();
}

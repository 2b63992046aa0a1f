// What the client costs: run by `npm run bench`, which fails where a budget is exceeded.
import { createClient } from '../../src/client.ts';
import { createFakePlatform, flush } from '../unit/fake-platform.ts';

interface Result {
  readonly what: string;
  readonly measured: number;
  readonly budget: number;
  readonly unit: string;
}

const answer = new Response(null, { status: 200 });
const tokens = () => Response.json({ access_token: 'token', token_type: 'Bearer', expires_in: 300 });

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

const timePerCall = async (call: () => Promise<unknown>, calls: number): Promise<number> => {
  const startedAt = performance.now();
  for (let n = 0; n < calls; n++) await call();
  return ((performance.now() - startedAt) * 1000) / calls;
};

/** With a valid token: what `authFetch` adds to the bare call, both measured in turn in the same run. */
const overhead = async (): Promise<Result> => {
  const fetch = async (input: RequestInfo | URL) => (String(input).endsWith('/auth/refresh') ? tokens() : answer);
  const client = createClient({}, createFakePlatform(fetch));
  client.start();
  await client.ready();
  const bare: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < 15; round++) {
    bare.push(await timePerCall(() => fetch('/api'), 20_000));
    ours.push(await timePerCall(() => client.authFetch('/api'), 20_000));
  }
  return { what: 'authFetch over the bare call', measured: median(ours) - median(bare), budget: 4, unit: 'µs' };
};

/** Calls that wait for one refresh: what each keeps in memory, and how long it takes until all have their answer. */
const waiting = async (calls: number): Promise<Result[]> => {
  let release = () => {};
  const refreshed = new Promise<void>((resolve) => {
    release = resolve;
  });
  const fetch = async (input: RequestInfo | URL) => {
    if (!String(input).endsWith('/auth/refresh')) return answer;
    await refreshed;
    return tokens();
  };
  const client = createClient({}, createFakePlatform(fetch));
  client.start();
  await flush();
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const all = Array.from({ length: calls }, () => client.authFetch('/api'));
  globalThis.gc?.();
  const bytes = (process.memoryUsage().heapUsed - before) / calls;
  const startedAt = performance.now();
  release();
  await Promise.all(all);
  const tookMs = performance.now() - startedAt;
  return [
    { what: `${calls} calls waiting, each`, measured: bytes, budget: 2560, unit: 'bytes' },
    { what: `${calls} calls drained`, measured: tookMs, budget: 100, unit: 'ms' },
  ];
};

const results = [await overhead(), ...(await waiting(10_000))];
for (const { what, measured, budget, unit } of results) {
  console.log(`${what}: ${measured.toFixed(2)} ${unit} (budget ${budget} ${unit})`);
}
if (results.some(({ measured, budget }) => measured > budget)) process.exitCode = 1;

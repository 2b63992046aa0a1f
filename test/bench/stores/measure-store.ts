// Measures one store, the one that the argument names, with an authority of the built package around it.
import type { SessionRecord, SessionStore } from '../../../src/server/index.ts';
import type { Row } from '../row.ts';
import { createCaller } from './caller.ts';
import { stores } from './open-stores.ts';

const ROUNDS = 400;
const FEW = 1_000;
const OF_ONE_USER = 10_000;
const CHUNK = 500;
const NAMES = { signIn: 'sign-in', refresh: 'refresh', guard: 'guard', end: 'endUserSessions of one session' } as const;

interface Timing {
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
}

/** Times all of these by turns. */
async function time<Name extends string>(works: Record<Name, (round: number) => unknown>) {
  const names = Object.keys(works) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of names) {
      const since = performance.now();
      await works[name](round);
      times[name].push(performance.now() - since);
    }
  }
  return Object.fromEntries(names.map((name) => [name, timingOf(times[name])])) as Record<Name, Timing>;
}

function timingOf(times: readonly number[]): Timing {
  const sorted = [...times].sort((a, b) => a - b);
  const sum = times.reduce((a, b) => a + b, 0);
  return {
    p50: sorted[ROUNDS >> 1] ?? 0,
    p99: sorted[Math.floor(ROUNDS * 0.99)] ?? 0,
    perSecond: (1000 * ROUNDS) / sum,
  };
}

async function fill(store: SessionStore, count: number, like: SessionRecord, userIdOf: (n: number) => string) {
  const text = JSON.stringify(like);
  for (let from = 0; from < count; from += CHUNK) {
    const records = Array.from({ length: Math.min(CHUNK, count - from) }, (_, n) => ({
      // Sharing nothing: what it takes in memory is all its own.
      ...(JSON.parse(text) as SessionRecord),
      sid: crypto.randomUUID().slice(0, 22),
      userId: userIdOf(from + n),
    }));
    await Promise.all(records.map((record) => store.insert(record)));
  }
}

/** What an authority does on a store, each as one round. */
async function worksOf(store: SessionStore) {
  const { authority, signIn } = await createCaller(store);
  const page = await signIn('somebody');
  return {
    signIn: (n: number) => signIn(`fresh ${n}`),
    refresh: (n: number) => page.refresh(`key ${n}`),
    guard: () => page.guard(),
    end: (n: number) => authority.endUserSessions(`fresh ${n}`),
  };
}

/** How long `work` takes, and how long nothing else could be done meanwhile. */
async function timeWithBlocking(work: () => Promise<void>): Promise<{ tookMs: number; blockedMs: number }> {
  let blockedMs = 0;
  let last = performance.now();
  const tick = () => {
    blockedMs = Math.max(blockedMs, performance.now() - last);
    last = performance.now();
  };
  const timer = setInterval(tick, 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  tick();
  blockedMs = 0;
  const since = performance.now();
  await work();
  const tookMs = performance.now() - since;
  await new Promise((resolve) => setTimeout(resolve, 10));
  clearInterval(timer);
  return { tookMs, blockedMs };
}

async function measure(name: string): Promise<Row[]> {
  const measured = await stores[name]?.();
  if (measured === undefined) throw new Error(`No store is named ${name}.`);
  const { few, many, most, inBulk, bareWrite } = measured;
  const rows: Row[] = [];
  const add = (what: string, value: number, unit: string, budget?: number) =>
    rows.push({ what: `${name}: ${what}`, measured: value, unit, budget });

  try {
    const { signIn } = await createCaller(few);
    const page = await signIn('template');
    await page.refresh('key');
    const like = (await few.read(page.sid)) as SessionRecord;
    const [ofFew, ofMany] = [await worksOf(few), await worksOf(many)];
    await inBulk(() => fill(few, FEW, like, (n) => `user ${n}`));
    const before = usedBytes();
    await inBulk(() => fill(many, most, like, (n) => `user ${n}`));
    if (name === 'memory') add('a refreshed session', (usedBytes() - before) / most, 'bytes', 600);

    // What runs for the first time is slow for that reason.
    for (const work of [...Object.values(ofFew), ...Object.values(ofMany)]) await time({ work });

    const bare = (await time({ bareWrite })).bareWrite;
    for (const [what, timing] of [
      ['bare write', bare],
      ['refresh', (await time({ refresh: ofFew.refresh })).refresh],
      ['guard', (await time({ guard: ofFew.guard })).guard],
    ] as const) {
      add(`${what}, one after another`, timing.perSecond, 'a second');
      add(`${what}, p50`, timing.p50, 'ms');
      add(`${what}, p99`, timing.p99, 'ms');
    }
    for (const what of ['signIn', 'refresh', 'guard', 'end'] as const) {
      const timings = await time({ few: ofFew[what], many: ofMany[what] });
      add(`${NAMES[what]} with ${most} sessions over ${FEW}`, timings.many.p50 / timings.few.p50, '×', 1.5);
    }

    const { authority } = await createCaller(many);
    const runs: { tookMs: number; blockedMs: number }[] = [];
    for (let run = 0; run < 3; run += 1) {
      await inBulk(() => fill(many, OF_ONE_USER, like, () => `heavy user ${run}`));
      runs.push(await timeWithBlocking(() => authority.endUserSessions(`heavy user ${run}`)));
    }
    const best = (of: 'tookMs' | 'blockedMs') => Math.min(...runs.map((run) => run[of]));
    add(`endUserSessions of ${OF_ONE_USER} sessions, best of 3`, best('tookMs'), 'ms', 300);
    add('the event loop is blocked meanwhile, best of 3', best('blockedMs'), 'ms', 50);
  } finally {
    await measured.close();
  }
  return rows;
}

function usedBytes(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

process.send?.(await measure(process.argv[2] ?? ''));
process.disconnect?.();

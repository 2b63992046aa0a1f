// What the client costs, in Node and in Chromium, and what the authority costs, by algorithm and by store, with the built
// package: run by `npm run bench`, which fails if a budget is exceeded. Times change with what the machine is doing, so the
// cost of a call is a multiple of something measured beside it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { measureInNode } from './calls-in-node.ts';
import { measureInChromium } from './in-chromium.ts';
import { measureAlgorithms } from './measure-algorithms.ts';
import { median } from './measure-calls.ts';
import type { Row } from './row.ts';
import { stores } from './stores/open-stores.ts';

const runs = 3;

/** In a process of its own: what one run has compiled or left in memory does not help or harm the next. */
const inProcess = async (): Promise<Awaited<ReturnType<typeof measureInNode>>> => {
  const child = fork(new URL('./calls-in-node.ts', import.meta.url), { execArgv: ['--expose-gc'] });
  const [figures] = await once(child, 'message');
  return figures;
};

const rowsInNode = async (): Promise<Row[]> => {
  const all: Awaited<ReturnType<typeof inProcess>>[] = [];
  for (let run = 0; run < runs; run++) all.push(await inProcess());
  const of = (name: keyof (typeof all)[number]) => median(all.map((figures) => figures[name]));
  return [
    { what: 'one new URL().origin', measured: of('urlMicros'), unit: 'µs', budget: undefined },
    { what: 'authFetch over the bare call', measured: of('overhead'), unit: '× URL', budget: 2 },
    { what: 'the same with hold', measured: of('overheadWithHold'), unit: '× URL', budget: 3.5 },
    { what: 'a waiting call', measured: of('waitingBytes'), unit: 'bytes', budget: 1000 },
    { what: '10,000 calls drained', measured: of('drainedMs'), unit: 'ms', budget: 50 },
    { what: '1,000 calls: 401, refresh, replay', measured: of('replayedMs'), unit: 'ms', budget: 100 },
  ];
};

const rowsInChromium = async (): Promise<Row[]> => {
  const { start, calls } = await measureInChromium();
  const over = (name: 'reload' | 'beside', bare: 'bareReload' | 'bareCall') => start[name] - start[bare];
  return [
    { what: 'Chromium: authFetch over the bare call', measured: calls.overhead, unit: '× URL', budget: undefined },
    { what: 'Chromium: the same with hold', measured: calls.overheadWithHold, unit: '× URL', budget: undefined },
    { what: 'Chromium: 10,000 calls drained', measured: calls.drainedMs, unit: 'ms', budget: undefined },
    { what: 'a page that only refreshes and calls', measured: start.bareReload, unit: 'ms', budget: undefined },
    { what: 'reload of a lone tab, over that', measured: over('reload', 'bareReload'), unit: 'ms', budget: 10 },
    { what: 'a page that only calls', measured: start.bareCall, unit: 'ms', budget: undefined },
    { what: 'a tab beside another, over that', measured: over('beside', 'bareCall'), unit: 'ms', budget: 30 },
  ];
};

const rowsOfStores = async (): Promise<Row[]> => {
  const rows: Row[] = [];
  for (const name of Object.keys(stores)) {
    const child = fork(new URL('./stores/measure-store.ts', import.meta.url), [name], { execArgv: ['--expose-gc'] });
    const [measured] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => Promise.reject(new Error(`The store ${name} could not be measured.`))),
    ]);
    rows.push(...measured);
  }
  return rows;
};

const rows = [
  ...(await measureAlgorithms()),
  ...(await rowsOfStores()),
  ...(await rowsInNode()),
  ...(await rowsInChromium()),
];
for (const { what, measured, unit, budget } of rows) {
  const allowed = budget === undefined ? '' : ` (budget ${budget})`;
  console.log(`${what}: ${measured.toFixed(2)} ${unit}${allowed}`);
}
if (rows.some(({ measured, budget }) => budget !== undefined && measured > budget)) process.exitCode = 1;

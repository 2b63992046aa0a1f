import { expect, vi as vitestMocks } from 'vitest';

/** What the unit tests import from `vitest`, for `in-process-runner.mjs`: tests are collected here, and run there. */
export { expect };

/** Timeouts are the runner's. */
export const vi = { ...vitestMocks, setConfig: () => {} };

/** The tests that were collected since the list was last emptied, in order. */
export const collected = [];

let group = { name: '', before: [], after: [], outer: [] };
let whenFinished = [];

const runAll = async (hooks) => {
  for (const hook of hooks) await hook();
};

export const it = (name, first, second) => {
  const run = typeof first === 'function' ? first : second;
  const groups = [...group.outer, group];
  collected.push({
    name: `${group.name}${name} #${collected.length}`,
    run: async () => {
      whenFinished = [];
      try {
        await runAll(groups.flatMap(({ before }) => before));
        await run();
      } finally {
        await runAll(groups.flatMap(({ after }) => after));
        await runAll(whenFinished);
      }
    },
  });
};

export const describe = (name, first, second) => {
  const define = typeof first === 'function' ? first : second;
  const { name: path, outer } = group;
  const parent = group;
  group = { name: `${path}${name} > `, before: [], after: [], outer: [...outer, parent] };
  define();
  group = parent;
};

/** For each row: an array is the list of arguments. */
const forEachRow = (declare) => (rows) => (name, first, second) =>
  rows.forEach((row) => {
    const run = typeof first === 'function' ? first : second;
    declare(name, () => (Array.isArray(row) ? run(...row) : run(row)));
  });

it.each = forEachRow(it);
describe.each = forEachRow(describe);

const once = (hook) => {
  let result;
  return () => {
    result ??= Promise.resolve(hook());
    return result;
  };
};

export const afterEach = (hook) => void group.after.push(hook);
export const beforeAll = (hook) => void group.before.push(once(hook));
/** The process ends anyway. */
export const afterAll = () => {};
export const onTestFinished = (hook) => void whenFinished.push(hook);

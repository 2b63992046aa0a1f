import { glob } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  DryRunStatus,
  determineHitLimitReached,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { build } from 'esbuild';
import { collected } from './vitest-api.mjs';

/** The same as Vitest's. */
const testTimeoutMs = 5000;

/**
 * A test runner for Stryker. It bundles the unit tests once; for each mutant it runs those that reach it, in its own process,
 * until one fails. A Vitest run for each mutant costs half a second to start.
 */
const createRunner = ({ inProcess: { include, exclude } }) => {
  const { NAMESPACE } = INSTRUMENTER_CONSTANTS;
  globalThis[NAMESPACE] ??= {};
  const stryker = globalThis[NAMESPACE];
  const bundle = pathToFileURL('in-process-tests.mjs');
  /** The tests that have noticed a mutant, the last one last: what notices one is likely to notice the next. */
  const noticed = new Set();
  /** The tests by name, loaded with no mutant active. */
  let tests;
  let loads = 0;

  const load = async () => {
    collected.length = 0;
    await import(`${bundle}?load=${++loads}`);
    return new Map(collected.map((test) => [test.name, test]));
  };

  const runTest = async ({ name, run }) => {
    stryker.currentTestId = name;
    const startedAt = performance.now();
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(reject, testTimeoutMs, new Error('The test takes too long.'));
    });
    const outcome = await Promise.race([run(), late]).then(
      () => ({ status: TestStatus.Success }),
      (error) => ({ status: TestStatus.Failed, failureMessage: String(error?.message ?? error) }),
    );
    clearTimeout(timer);
    stryker.currentTestId = undefined;
    return { id: name, name, timeSpentMs: performance.now() - startedAt, ...outcome };
  };

  /** Runs tests until one fails. */
  const runUntilNoticed = async (loaded, names) => {
    const results = [];
    const likely = [...noticed].reverse().filter((name) => names.has(name));
    for (const name of new Set([...likely, ...names])) {
      const result = await runTest(loaded.get(name));
      results.push(result);
      if (result.status !== TestStatus.Failed) continue;
      noticed.delete(name);
      noticed.add(name);
      break;
    }
    return results;
  };

  /** What runs when modules are loaded, or tests are declared, needs the mutant by then. */
  const loadMutant = async () => {
    try {
      return await load();
    } catch (error) {
      return new Map([['load', { name: 'load', run: () => Promise.reject(error) }]]);
    }
  };

  return {
    capabilities: () => ({ reloadEnvironment: true }),
    init: async () => {
      process.env.NODE_ENV = 'test';
      // A mutant may leave work behind. What becomes of that is no test's result.
      process.on('unhandledRejection', () => {});
      const files = [];
      for (const pattern of include) files.push(...(await Array.fromAsync(glob(pattern, { exclude }))));
      await build({
        stdin: { contents: files.map((file) => `import './${file}';`).join('\n'), resolveDir: process.cwd() },
        absWorkingDir: process.cwd(),
        outfile: 'in-process-tests.mjs',
        bundle: true,
        format: 'esm',
        platform: 'node',
        target: 'esnext',
        packages: 'external',
        conditions: ['development'],
        // package.json says that no module has side effects. Tests have nothing else.
        ignoreAnnotations: true,
        logLevel: 'error',
        plugins: [collectTests],
      });
    },
    dryRun: async () => {
      tests = await load();
      const results = [];
      for (const test of tests.values()) results.push(await runTest(test));
      return { status: DryRunStatus.Complete, tests: results, mutantCoverage: stryker.mutantCoverage };
    },
    mutantRun: async ({ activeMutant: { id }, testFilter, hitLimit, mutantActivation }) => {
      const isStatic = mutantActivation === 'static';
      Object.assign(stryker, { hitLimit, hitCount: 0, activeMutant: isStatic ? id : undefined });
      if (!isStatic) tests ??= await load();
      const loaded = isStatic ? await loadMutant() : tests;
      stryker.activeMutant = id;
      const names = new Set(testFilter === undefined || isStatic ? loaded.keys() : testFilter);
      const results = await runUntilNoticed(loaded, names);
      const timeOut = determineHitLimitReached(stryker.hitCount, stryker.hitLimit);
      return toMutantRunResult(timeOut ?? { status: DryRunStatus.Complete, tests: results });
    },
  };
};
createRunner.inject = ['options'];

/** Tests that import `vitest` get the module of this process that collects them. */
const collectTests = {
  name: 'collect-tests',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^vitest$/ }, () => ({
      path: new URL('vitest-api.mjs', import.meta.url).href,
      external: true,
    })),
};

const globs = { type: 'array', items: { type: 'string' } };

export const strykerValidationSchema = {
  properties: { inProcess: { type: 'object', properties: { include: globs, exclude: globs } } },
};

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'in-process', createRunner)];

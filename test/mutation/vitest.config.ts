import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The tests of the pure parts first: they are fast, and the first that fails is the end of a mutant. */
class PureFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => (/\/unit\/(client|tabs)\//.test(moduleId) ? 1 : 0);
    return files.toSorted((a, b) => rank(a) - rank(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

// The tests that are to notice a mutant: those of the pure parts, and those of the whole client. Left out are random
// histories, since luck is not to decide; the files with thousands of cases, which take as long as all others and notice
// nothing more; and hostile input (`fuzz`), which a mutant of a parser may read for ever.
export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    include: ['test/unit/{session,requests,auth-server,client,tabs}/**/*.test.ts'],
    exclude: [
      '**/*.property.test.ts',
      'test/unit/client/fault-{matrix,schedule}.test.ts',
      'test/unit/tabs/{model,expiries}.test.ts',
      'test/unit/session/session-document.test.ts',
    ],
    // A third of the time. Each mutant has a worker of its own all the same.
    isolate: false,
    sequence: { sequencer: PureFirst },
  },
});

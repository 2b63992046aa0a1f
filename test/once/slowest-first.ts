import { relative } from 'node:path';
import { BaseSequencer, type TestSequencerConstructor, type TestSpecification } from 'vitest/node';

/**
 * Has vitest begin with these files (paths from the top folder), so that no worker waits at the end for one that began late.
 * By itself it begins with the largest ones as long as it has not measured them, as in a fresh clone.
 */
export const slowestFirst = (slowest: readonly string[]): TestSequencerConstructor =>
  class extends BaseSequencer {
    override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
      const isSlow = ({ moduleId }: TestSpecification) => slowest.includes(relative(this.ctx.config.root, moduleId));
      const sorted = await super.sort(specifications);
      return [...sorted.filter(isSlow), ...sorted.filter((specification) => !isSlow(specification))];
    }
  };

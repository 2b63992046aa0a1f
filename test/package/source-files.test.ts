import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** The modules under `src`, and how many lines each has. */
const modules = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name))
  .map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }))
  .map(({ path, text }) => ({ path, text, lines: text.split('\n').length - 1 }));

describe('the files under src', () => {
  it('have at most 200 lines each', () => {
    expect(modules.filter(({ lines }) => lines > 200).map(({ path }) => path)).toEqual([]);
  });

  it('have at most 60 lines, more than half of them', () => {
    const sorted = modules.map(({ lines }) => lines).sort((a, b) => a - b);
    expect(sorted[Math.floor((sorted.length - 1) / 2)]).toBeLessThanOrEqual(60);
  });

  it('declare their functions with `function`', () => {
    const arrows = modules.flatMap(({ path, text }) =>
      [...text.matchAll(/^(?:export )?const (\w+) = (?:async )?(?:<|\([^)]*\)(?:: [^=]+)? =>)/gm)].map(
        ([, name]) => `${path}: ${name}`,
      ),
    );
    expect(arrows).toEqual([]);
  });

  it('are at most a dozen to a folder, unless CONTRIBUTING.md says why', () => {
    const counts = new Map<string, number>();
    for (const { path } of modules) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
    const full = [...counts].filter(([, count]) => count > 12).map(([folder]) => folder);
    const contributing = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
    const explained = [...contributing.matchAll(/^- `(src\/[\w/-]+)\/` has more than a dozen files: /gm)].map(
      ([, folder]) => folder,
    );
    expect(full.toSorted()).toEqual(explained.toSorted());
  });
});

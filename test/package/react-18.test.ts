import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { Window } from 'happy-dom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { hydrateSlowly } from '../unit/react/hydration-scene.tsx';
import { builtPackage, bundleWithBuilt } from './built.ts';

let scene: { readonly hydrateSlowly: typeof hydrateSlowly };

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'silent-refresh-react-18-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const packages = ['react@18.2.0', 'react-dom@18.2.0'];
  execFileSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--prefix', folder, ...packages]);
  const entry = join(import.meta.dirname, '../unit/react/hydration-scene.tsx');
  const code = await bundleWithBuilt(await builtPackage(), entry, 'scene', join(folder, 'node_modules'));
  const window = new Window({ url: 'https://app.example/' });
  const load = runInThisContext(`(function (window, document, navigator) { ${code}; return scene; })`);
  scene = load(window, window.document, window.navigator);
}, 120_000);

describe('React 18.2 with the built package', () => {
  it('leaves the markup of a server shown where a layout reads the session, and follows later (C-37)', async () => {
    expect(await scene.hydrateSlowly()).toEqual({
      shown: ['loading content', 'loading content', 'authenticated content', 'unauthenticated content'],
      mended: [],
      isSame: true,
    });
  });
});

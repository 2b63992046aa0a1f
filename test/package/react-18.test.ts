import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { Window } from 'happy-dom';
import { beforeAll, describe, expect, it } from 'vitest';
import type * as scenes from '../unit/react/scenes.ts';
import { livedThrough } from '../unit/react/session-scene.tsx';
import { builtPackage, bundleWithBuilt } from './built.ts';

let scene: typeof scenes;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'silent-refresh-react-18-'));
  const packages = ['react@18.2.0', 'react-dom@18.2.0'];
  execFileSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--prefix', folder, ...packages]);
  const entry = join(import.meta.dirname, '../unit/react/scenes.ts');
  const code = await bundleWithBuilt(await builtPackage(), entry, 'scene', join(folder, 'node_modules'));
  const window = new Window({ url: 'https://app.example/' });
  const load = runInThisContext(`(function (window, document, navigator) { ${code}; return scene; })`);
  scene = load(window, window.document, window.navigator);
  return () => rmSync(folder, { recursive: true, force: true });
}, 120_000);

describe('React 18.2 with the built package', () => {
  it('shows a session from its first answer to its end, without a render for a silent refresh', async () => {
    expect(await scene.liveThroughSession()).toEqual(livedThrough);
  });

  it('leaves the markup of a server shown where a layout reads the session, and follows later (C-37)', async () => {
    expect(await scene.hydrateSlowly()).toEqual({
      shown: ['loading content', 'loading content', 'authenticated content', 'unauthenticated content'],
      mended: [],
      isSame: true,
    });
  });
});

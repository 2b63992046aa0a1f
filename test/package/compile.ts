import { execFile } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const modules = join(import.meta.dirname, '../../node_modules');

/** An app's compiler and types. */
export interface Compilation {
  /** The package that the compiler is installed as. */
  readonly typescript: string;
  readonly moduleResolution: 'nodenext' | 'bundler';
  /** The package that React's types are installed as. */
  readonly react: '@types/react' | '@types/react18';
}

/** Compiles an app of one file, which uses all entry points, in the folder that the package was installed into: what is wrong. */
export const compile = (folder: string, { typescript, moduleResolution, react }: Compilation): Promise<string> => {
  copyFileSync(join(import.meta.dirname, 'consumer.test-d.tsx'), join(folder, 'app.tsx'));
  const compilerOptions = {
    target: 'ES2022',
    lib: ['ES2022', 'DOM', 'DOM.Iterable'],
    module: moduleResolution === 'nodenext' ? 'NodeNext' : 'ESNext',
    moduleResolution,
    jsx: 'react-jsx',
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    typeRoots: [join(modules, '@types')],
    types: ['node'],
    paths: {
      react: [join(modules, react, 'index.d.ts')],
      'react/jsx-runtime': [join(modules, react, 'jsx-runtime.d.ts')],
    },
  };
  const config = join(folder, `${[typescript, moduleResolution, react].join('-').replaceAll('/', '-')}.json`);
  writeFileSync(config, JSON.stringify({ compilerOptions, files: ['app.tsx'] }));
  const { bin } = createRequire(import.meta.url)(join(modules, typescript, 'package.json')) as {
    bin: Record<string, string>;
  };
  const compiler = join(modules, typescript, bin.tsc ?? bin.tsc6 ?? '');
  return new Promise((resolve) => {
    execFile(process.execPath, [compiler, '-p', config], (error, stdout) => resolve(error === null ? '' : stdout));
  });
};

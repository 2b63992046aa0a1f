import { dirname, join } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '../..');

/**
 * What the compiler finds wrong with modules, in the types of this version of the package. `name`: their place below the root.
 * `paths`: packages to take from elsewhere than `node_modules`.
 */
export const problemsOf = (
  named: readonly { readonly name: string; readonly code: string }[],
  paths: Readonly<Record<string, string[]>> = {},
): string[] => {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    jsx: ts.JsxEmit.ReactJSX,
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    types: ['node'],
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
    paths: {
      'silent-refresh': [join(root, 'src/index.ts')],
      'silent-refresh/react': [join(root, 'src/react/index.ts')],
      'silent-refresh/server': [join(root, 'src/server/index.ts')],
      'silent-refresh/server/*': [join(root, 'src/server/stores/*')],
      'silent-refresh/node': [join(root, 'src/node/index.ts')],
      'silent-refresh/testing': [join(root, 'src/testing/index.ts')],
      '@/*': [join(root, 'examples/nextjs/*')],
      // Of that name there is a package, too, which holds no more than this.
      '@playwright/test': [join(root, 'node_modules/playwright/test.d.ts')],
      ...paths,
    },
  };
  // Next is not installed here; its build checks the types of what comes from it.
  const next = { name: 'next.d.ts', code: "declare module 'next/headers';\ndeclare module 'next/navigation';" };
  const files = new Map([next, ...named].map(({ name, code }) => [join(root, name), code]));
  const host = ts.createCompilerHost(options);
  const { fileExists, directoryExists = () => true, readFile, getSourceFile } = host;
  const folders = new Set([...files.keys()].map(dirname));
  host.directoryExists = (path) => folders.has(path) || directoryExists(path);
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path) ?? readFile(path);
  host.getSourceFile = (path, ...rest) => {
    const code = files.get(path);
    return code === undefined
      ? getSourceFile(path, ...rest)
      : ts.createSourceFile(path, code, ts.ScriptTarget.ES2022, true);
  };
  return ts
    .getPreEmitDiagnostics(ts.createProgram([...files.keys()], options, host))
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
};

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import ts from 'typescript';

/** What a block imports by name, and what it only declares. */
export interface Given {
  readonly modules: Readonly<Record<string, object>>;
  readonly declared?: Readonly<Record<string, unknown>>;
}

/** Runs the block of code of a page that has `part` in it, as it stands. Gives what it exports. */
export const runBlock = async (page: string, part: string, { modules, declared = {} }: Given): Promise<object> => {
  const text = readFileSync(join(import.meta.dirname, '../..', page), 'utf8');
  const blocks = [...text.matchAll(/```tsx?\n(.*?)```/gs)].map(([, code = '']) => code);
  const [block, ...others] = blocks.filter((code) => code.includes(part));
  if (block === undefined || others.length > 0) throw new Error(`${page} has not one block with ${part} in it.`);
  const { outputText } = ts.transpileModule(`${block}\nexport {};`, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, jsx: ts.JsxEmit.ReactJSX },
  });
  const names = ['require', 'exports', ...Object.keys(declared)];
  const run = runInThisContext(`(async (${names.join(', ')}) => {${outputText}\n})`) as (
    ...args: unknown[]
  ) => Promise<void>;
  const found = {};
  const imported = (name: string) => {
    if (modules[name] === undefined) throw new Error(`${page} imports ${name}, which the test does not give.`);
    return modules[name];
  };
  await run(imported, found, ...Object.values(declared));
  return found;
};

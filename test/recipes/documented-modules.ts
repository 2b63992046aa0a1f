import { join } from 'node:path';
import type { Plugin } from 'vitest/config';
import { documentedFiles } from '../package/documented-files.ts';

/** Makes a document's files modules: `/docs/recipes.md/ky.ts`. They import each other as they say, such as `./auth`. */
export function documentedModules(document: string): Plugin {
  const folder = join(import.meta.dirname, '../..', document);
  const files = documentedFiles(document);
  const pathOf = (name: string) => {
    const found = [name, `${name}.ts`, `${name}.tsx`].find((each) => files.has(each));
    if (found === undefined)
      throw new TypeError(`${document} has no file ${name}; it has ${[...files.keys()].join(', ')}.`);
    return join(folder, found);
  };
  return {
    name: 'documented-modules',
    enforce: 'pre',
    resolveId: (source, importer) => {
      const prefix = `/${document}/`;
      if (source.startsWith(prefix)) return pathOf(source.slice(prefix.length));
      return importer?.startsWith(folder) && source.startsWith('./') ? pathOf(source.slice(2)) : undefined;
    },
    load: (id) => (id.startsWith(`${folder}/`) ? files.get(id.slice(folder.length + 1)) : undefined),
  };
}

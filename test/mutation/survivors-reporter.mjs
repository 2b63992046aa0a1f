import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';

const file = 'reports/survivors.txt';

/** Writes each mutant that no test notices when it is found: the other reports come when the whole run is over. */
const createReporter = () => {
  mkdirSync('reports', { recursive: true });
  writeFileSync(file, '');
  return {
    onMutantTested: ({ fileName, location, mutatorName, replacement, status, static: isStatic }) => {
      if (status !== 'Survived' && status !== 'NoCoverage') return;
      const { line, column } = location.start;
      const what = `${mutatorName}${isStatic ? ' (static)' : ''}: ${replacement?.replace(/\s+/g, ' ')}`;
      appendFileSync(file, `${relative(process.cwd(), fileName)}:${line}:${column} ${status} ${what}\n`);
    },
  };
};

export const strykerPlugins = [declareFactoryPlugin(PluginKind.Reporter, 'survivors', createReporter)];

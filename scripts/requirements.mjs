// Prints which tests prove each requirement of docs/requirements.md, the README's promises included, and each other id that
// names of tests have, with the command that runs them. Fails if a requirement has neither a test nor a place that says it, if
// `npm test` proves nothing of a promise, or if the README makes a promise that has no row.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const read = (path) => readFileSync(join(root, path), 'utf8');
const rows = [...read('docs/requirements.md').matchAll(/^\| ([A-Z]+-\d+) \| (.+?) \| ?(.*?) ?\|$/gm)];

const [, mainPromises = ''] = /const mainPromises = \[(.*?)\]/s.exec(read('vitest.config.ts')) ?? [];
const inBrowser = new Set([...mainPromises.matchAll(/'([^']+)'/g)].map(([, name]) => `test/browser/${name}.test.ts`));

/** `npm test` leaves out most browser tests, the model of the tabs, the databases and the examples. */
const commandOf = (file) => {
  const isLeftOut = /^test\/(browser|stores|examples)\/|\/tabs\/model[^/]*$/.test(file) && !inBrowser.has(file);
  return isLeftOut ? 'npm run test:rest' : 'npm test';
};

/** Names of tests and of their groups and cases, also in tables that tests share: whatever is quoted and has an id in it. */
const tests = globSync('test/**/*.{ts,tsx}', { cwd: root })
  .sort()
  .flatMap((file) =>
    [...read(file).matchAll(/(['"`])((?:(?!\1|\n).)*\b[A-Z]+-\d+\b(?:(?!\1|\n).)*)\1/g)].map(([, , name]) => ({
      file,
      name,
      ids: new Set(name.match(/\b[A-Z]+-\d+\b/g)),
    })),
  );

const print = (id) => {
  const own = tests.filter(({ ids }) => ids.has(id));
  for (const { file, name } of own) console.log(`    ${commandOf(file)}  ${file}: ${name}`);
  return own.map(({ file }) => commandOf(file));
};

/** The promises of the README: the words in bold type that items of its lists begin with. */
const promises = [...read('README.md').matchAll(/^- \*\*(.+?)\.?\*\*/gm)].map(([, promise]) => promise);
const rowsOfReadme = rows.filter(([, id]) => id.startsWith('README-')).map(([, , promise]) => promise);
const unlike = [
  ...promises.filter((promise) => !rowsOfReadme.includes(promise)),
  ...rowsOfReadme.filter((promise) => !promises.includes(promise)),
];

let missing = 0;
for (const [, id, requirement, said] of rows) {
  console.log(`${id}  ${requirement}`);
  const commands = print(id);
  if (id.startsWith('README-') && !commands.includes('npm test')) {
    missing += 1;
    console.log('    NO TEST in `npm test`');
    continue;
  }
  if (commands.length > 0) continue;
  if (said === '') missing += 1;
  console.log(`    ${said === '' ? 'NO TEST' : `said in ${said}`}`);
}

const listed = new Set(rows.map(([, id]) => id));
const prefixes = new Set([
  'C',
  'S',
  'LIF',
  'TIM',
  'TAB',
  'BB',
  'ARC',
  'SUP',
  ...rows.map(([, id]) => id.split('-')[0]),
]);
const others = [...new Set(tests.flatMap(({ ids }) => [...ids]))]
  .filter((id) => !listed.has(id) && prefixes.has(id.split('-')[0]))
  .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
for (const id of others) {
  console.log(id);
  print(id);
}

for (const promise of unlike) console.log(`"${promise}" is in one of README.md and docs/requirements.md, not in both`);
console.log(
  `${rows.length} requirements, ${missing} neither tested nor said; ${others.length} other ids that tests name`,
);
process.exitCode = missing === 0 && unlike.length === 0 ? 0 : 1;

// Prints the tests of each requirement of docs/requirements.md. Fails if one has neither a test nor a place that says it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const document = readFileSync(join(root, 'docs/requirements.md'), 'utf8');
const rows = [...document.matchAll(/^\| ([A-Z]+-\d+) \| (.+?) \| ?(.*?) ?\|$/gm)];

/** Names of tests and of their groups and cases: whatever is quoted in a test file and has an id in it. */
const tests = readdirSync(join(root, 'test'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.test\.tsx?$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name))
  .flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/(['"`])((?:(?!\1|\n).)*\b[A-Z]+-\d+\b(?:(?!\1|\n).)*)\1/g)].map(
      ([, , name]) => ({
        file: path.slice(root.length + 1),
        name,
      }),
    ),
  );

let missing = 0;
for (const [, id, requirement, said] of rows) {
  const own = tests.filter(({ name }) => new RegExp(`\\b${id}\\b`).test(name));
  if (own.length === 0 && said === '') missing += 1;
  console.log(`${id}  ${requirement}`);
  if (own.length === 0) console.log(`    ${said === '' ? 'NO TEST' : `said in ${said}`}`);
  for (const { file, name } of own) console.log(`    ${file}: ${name}`);
}
console.log(`${rows.length} requirements, ${missing} neither tested nor said`);
process.exitCode = missing === 0 ? 0 : 1;

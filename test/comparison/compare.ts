// Compares this package with other libraries in Chromium, and prints the tables of docs/comparison.md: `npm run compare`.
// The others are installed in a temporary folder from the npm registry. Names as arguments choose libraries: `-- supabase auth0`.
import { launch } from '../browser/harness/browser.ts';
import { type Behaviour, GROUPS } from './behaviours.ts';
import { prepare } from './prepare.ts';
import type { Bench } from './scenarios/world.ts';
import { SUBJECTS, type Subject } from './subjects.ts';
import { type Measured, markdownOf } from './table.ts';

/** So many pages that mostly wait. */
const AT_ONCE = 8;

const asked = process.argv.slice(2).map((name) => name.toLowerCase());
const subjects = SUBJECTS.filter(
  ({ name }) => asked.length === 0 || asked.some((part) => name.toLowerCase().includes(part)),
);
if (subjects.length === 0)
  throw new Error(`No library of that name: there are ${SUBJECTS.map(({ name }) => name).join('; ')}.`);

const prepared = await prepare();
const browser = await launch();
try {
  const measured = await measureAll({ browser, ...prepared });
  console.log(markdownOf(GROUPS, measured, new Date().toISOString().slice(0, 10)));
} finally {
  await browser.close();
  prepared.remove();
}

async function measureAll(bench: Bench): Promise<ReadonlyMap<Subject, Measured>> {
  const measured = new Map(subjects.map((subject) => [subject, new Map<string, string>()]));
  const measureOne = async (subject: Subject, { name, measure }: Behaviour) => {
    const cell = await measure(bench, subject).catch((error: Error) => {
      process.exitCode = 1;
      return `not measured: ${error.message}`;
    });
    console.error(`${subject.name} | ${name} | ${cell}`);
    measured.get(subject)?.set(name, cell);
  };
  const all = subjects.flatMap((subject) =>
    Object.values(GROUPS).flatMap((group) => group.map((behaviour) => [subject, behaviour] as const)),
  );
  const light = all.filter(([, { isHeavy }]) => isHeavy !== true);
  const worker = async () => {
    for (let next = light.shift(); next !== undefined; next = light.shift()) await measureOne(...next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  for (const [subject, behaviour] of all) if (behaviour.isHeavy) await measureOne(subject, behaviour);
  return measured;
}

import type { Subject } from './subjects.ts';

/** What was measured of a subject, by the name of the behaviour. */
export type Measured = ReadonlyMap<string, string>;

/** The tables, with the day on which they were measured (`2026-11-27`) and the versions. */
export function markdownOf(
  groups: Readonly<Record<string, readonly { readonly name: string }[]>>,
  measured: ReadonlyMap<Subject, Measured>,
  date: string,
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const tables = Object.entries(groups).map(([title, behaviours]) => {
    const names = behaviours.map(({ name }) => name);
    const rows = [...measured].map(([subject, cells]) =>
      line([subject.name, ...names.map((name) => cells.get(name) ?? '')]),
    );
    return [`## ${title}`, '', line(['', ...names]), line(['', ...names].map(() => '---')), ...rows].join('\n');
  });
  const subjects = [...measured.keys()];
  const packages = subjects.flatMap(({ packages, react }) => Object.entries({ ...packages, ...react?.packages }));
  const versions = [...new Map(packages)].filter(([name]) => !name.startsWith('@types/'));
  const named = versions.map(([name, version]) => `${name} ${version}`).join(', ');
  const setups = subjects.map(({ name, setup }) => `- **${name}**: ${setup}.`);
  return [
    `Measured on ${date} in Chromium, with ${named}.`,
    ...tables,
    '## How each is set up',
    setups.join('\n'),
  ].join('\n\n');
}

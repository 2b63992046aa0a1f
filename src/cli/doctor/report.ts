import type { ReportedFinding, Verdict } from './checks.ts';
import { isAnswered, type Observations } from './observations.ts';
import { relationTo } from './target.ts';

/** The report as text: by subject, with a summary at the end. */
export function reportText(observations: Observations, { findings, notChecked }: Verdict): string {
  const { target, exchanges, hasCredentials } = observations;
  const { origin } = target.endpoints.refresh;
  const isForeign = relationTo(target, target.endpoints.refresh) !== 'same-origin';
  const subjects = [...new Set(findings.map(({ subject }) => subject))];
  const sections = subjects.map((subject) => {
    const own = findings.filter((finding) => finding.subject === subject);
    return [subject, ...own.flatMap(lines)].join('\n');
  });
  const needsUser = !hasCredentials && exchanges.some(isAnswered);
  const cause = needsUser ? 'without --user and a password' : 'because of what was found';
  const rest = notChecked.length === 0 ? [] : [`Not checked, ${cause}: ${notChecked.join(', ')}.`];
  return [
    `silent-refresh doctor: ${origin}${isForeign ? `, for pages of ${target.pageOrigin}` : ''}`,
    ...sections,
    [summary(findings, exchanges.length), ...rest].join('\n'),
  ].join('\n\n');
}

/** The report for scripts. */
export function reportJson({ target, exchanges }: Observations, { findings, notChecked }: Verdict): string {
  const report = {
    server: target.endpoints.refresh.origin,
    origin: target.pageOrigin,
    requests: exchanges.length,
    counts: counts(findings),
    findings,
    notChecked,
  };
  return JSON.stringify(report, null, 2);
}

/** How many findings there are of each level. */
export function counts(findings: readonly ReportedFinding[]): Record<'ok' | 'warning' | 'error', number> {
  const count = (level: ReportedFinding['level']): number => findings.filter((each) => each.level === level).length;
  return { ok: count('ok'), warning: count('warning'), error: count('error') };
}

function summary(findings: readonly ReportedFinding[], requests: number): string {
  const { ok, warning, error } = counts(findings);
  return `${ok} ok, ${plural(warning, 'warning')}, ${plural(error, 'error')}; ${plural(requests, 'request')}.`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function lines({ level, check, seen, why, change }: ReportedFinding): string[] {
  const indent = ' '.repeat(11);
  return [
    `  ${level.padEnd(7)}  ${seen}${level === 'ok' ? '' : ` [${check}]`}`,
    ...(why === undefined ? [] : [`${indent}Why: ${why}`]),
    ...(change === undefined ? [] : [`${indent}Change: ${change}`]),
  ];
}

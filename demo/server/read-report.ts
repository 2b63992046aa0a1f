import { type NewReport, SEVERITIES } from './reports.ts';

const MAX_TITLE_LENGTH = 120;
const MAX_DESCRIPTION_LENGTH = 4000;
const MAX_NAME_LENGTH = 120;
const MAX_ATTACHMENT_BYTES = 32 * 1024;

type Problems = Readonly<Record<string, string>>;

/** A report from what a form sent, or what is wrong with each of its fields. */
export async function readReport(form: Readonly<Record<string, unknown>>): Promise<NewReport | { fields: Problems }> {
  const title = textOf(form.title);
  const happenedOn = textOf(form.happenedOn);
  const description = textOf(form.description);
  const severity = SEVERITIES.find((one) => one === form.severity);
  const file = form.attachment instanceof File && form.attachment.name !== '' ? form.attachment : undefined;

  const fields = {
    ...invalid('title', title === '' && 'Say in a few words what went wrong.', tooLong(title, MAX_TITLE_LENGTH)),
    ...invalid('happenedOn', !isDay(happenedOn) && 'Say on which day it happened.'),
    ...invalid('severity', severity === undefined && 'Say how bad it is.'),
    ...invalid('description', description === '' && 'Describe it.', tooLong(description, MAX_DESCRIPTION_LENGTH)),
    ...invalid('attachment', file && file.size > MAX_ATTACHMENT_BYTES && 'Attach at most 32 KB.'),
  };
  if (severity === undefined || Object.keys(fields).length > 0) return { fields };
  const report = { title, happenedOn, severity, description };
  if (file === undefined) return report;
  return { ...report, attachment: { name: file.name.slice(0, MAX_NAME_LENGTH), content: await file.bytes() } };
}

// A form sends every end of a line as two characters.
function textOf(value: unknown): string {
  return typeof value === 'string' ? value.replaceAll('\r\n', '\n').trim() : '';
}

function tooLong(value: string, most: number): string | false {
  return value.length > most && `Use at most ${most} characters.`;
}

function isDay(value: string): boolean {
  const at = /^\d{4}-\d\d-\d\d$/.test(value) ? new Date(`${value}T00:00:00Z`) : undefined;
  // The 31st of February is read as a day of March.
  return at !== undefined && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value);
}

function invalid(field: string, ...problems: (string | false | undefined)[]): Problems {
  const problem = problems.find(Boolean);
  return problem ? { [field]: problem } : {};
}

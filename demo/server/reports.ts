import type { DatabaseSync } from 'node:sqlite';

export const SEVERITIES = ['nuisance', 'blocking', 'dangerous'] as const;

/** What somebody writes down of a machine that has failed. */
export interface NewReport {
  readonly title: string;
  /** A day, as in 1947-09-09. */
  readonly happenedOn: string;
  readonly severity: (typeof SEVERITIES)[number];
  readonly description: string;
  readonly attachment?: { readonly name: string; readonly content: Uint8Array };
}

/** A report as it is listed: its attachment by name and size. */
type Report = Omit<NewReport, 'attachment'> & {
  readonly id: number;
  readonly attachment?: { readonly name: string; readonly bytes: number };
  /** Epoch ms. */
  readonly createdAt: number;
};

export interface Reports {
  /** The newest first, at most 50. */
  list(userId: string): readonly Report[];
  add(userId: string, report: NewReport): Report;
}

interface Row extends Omit<Report, 'attachment'> {
  readonly name: string | null;
  readonly bytes: number | null;
}

const COLUMNS = `id, title, happened_on as happenedOn, severity, description, attachment_name as name,
  length(attachment) as bytes, created_at as createdAt`;

export function createReports(db: DatabaseSync, now: () => number): Reports {
  const select = db.prepare(`select ${COLUMNS} from report where user_id = ? order by id desc limit 50`);
  const insert = db.prepare(
    `insert into report (user_id, title, happened_on, severity, description, attachment_name, attachment, created_at)
     values (?, ?, ?, ?, ?, ?, ?, ?) returning ${COLUMNS}`,
  );
  return {
    list: (userId) => (select.all(userId) as unknown as Row[]).map(listed),
    add(userId, { title, happenedOn, severity, description, attachment }) {
      const { name = null, content = null } = attachment ?? {};
      return listed(
        insert.get(userId, title, happenedOn, severity, description, name, content, now()) as unknown as Row,
      );
    },
  };
}

function listed({ name, bytes, ...report }: Row): Report {
  return name === null || bytes === null ? report : { ...report, attachment: { name, bytes } };
}

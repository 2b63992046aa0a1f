import type { ReactNode } from 'react';
import { type Report, severities } from './report.ts';
import { useReports } from './reports.ts';

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });

/** What has arrived at the server. */
export const ReportList = (): ReactNode => {
  const { list } = useReports();
  return (
    <>
      <h3 id="report-list">Your reports</h3>
      {list?.length === 0 && <p className="muted small">None so far.</p>}
      <ul aria-labelledby="report-list">
        {list?.map((report) => (
          <Item key={report.id} {...report} />
        ))}
      </ul>
    </>
  );
};

const Item = ({ title, happenedOn, severity, description, attachment }: Report): ReactNode => (
  <li>
    <strong>{title}</strong>
    <p className="muted small">
      {day.format(new Date(happenedOn))} · {severities[severity]}
      {attachment && ` · ${attachment.name}, ${(attachment.bytes / 1024).toFixed(1)} KB`}
    </p>
    <p className="written">{description}</p>
  </li>
);

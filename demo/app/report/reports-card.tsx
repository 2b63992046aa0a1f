import { type ReactNode, useEffect } from 'react';
import { ReportForm } from './report-form.tsx';
import { ReportList } from './report-list.tsx';
import { reports } from './reports.ts';

/** A long form: in many apps, what was written is lost when the session ends. */
export const Reports = (): ReactNode => {
  useEffect(() => void reports.load(), []);
  return (
    <section className="card reports" aria-labelledby="reports">
      <h2 id="reports">Report a fault</h2>
      <p className="muted small">
        A form that takes a while. If the session ends while you write, carry on: what you send waits until you have
        signed in again.
      </p>
      <ReportForm />
      <ReportList />
    </section>
  );
};

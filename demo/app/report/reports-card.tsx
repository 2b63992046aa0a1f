import { type ReactNode, useEffect } from 'react';
import { endSession } from '../switches/server-state.ts';
import { ReportForm } from './report-form.tsx';
import { ReportList } from './report-list.tsx';
import { reports } from './reports.ts';

/** A long form: what is lost, elsewhere, when the session ends while it is written. */
export const Reports = (): ReactNode => {
  useEffect(() => void reports.load(), []);
  return (
    <section className="card reports" aria-labelledby="reports">
      <h2 id="reports">Report a fault</h2>
      <p className="muted small">
        It takes a while to write. Should the session end meanwhile, go on: what you send waits for you to sign in
        again.
      </p>
      <button type="button" className="danger" onClick={() => void endSession()}>
        End my session now
      </button>
      <ReportForm />
      <ReportList />
    </section>
  );
};

import type { ReactNode } from 'react';
import { useReports } from './reports.ts';

/** What has become of the report that was sent last. */
export const ReportOutcome = ({ isWaiting = false }: { readonly isWaiting?: boolean }): ReactNode => {
  const { outcome } = useReports();
  return (
    <p className="report-outcome" role="status" aria-label="Report" data-kind={isWaiting ? 'waiting' : outcome?.kind}>
      {isWaiting ? 'Waiting for you to sign in again. It will be sent then.' : outcome?.text}
    </p>
  );
};

import { type FormEvent, type ReactNode, useEffect, useRef } from 'react';
import { Field, Labelled } from '../field.tsx';
import { useSession } from '../session/auth.ts';
import { severities } from './report.ts';
import { ReportOutcome } from './report-outcome.tsx';
import { reports, useReports } from './reports.ts';

export const ReportForm = (): ReactNode => {
  const { isSending, outcome } = useReports();
  const isWaiting = useSession(({ status }) => status === 'relogin-required') && isSending;
  const form = useRef<HTMLFormElement>(null);
  const errors = outcome?.fields ?? {};
  const [wrong] = Object.keys(errors);

  useEffect(() => {
    const field = wrong === undefined ? undefined : form.current?.elements.namedItem(wrong);
    if (outcome !== undefined && field instanceof HTMLElement) field.focus();
  }, [outcome, wrong]);

  const send = async (written: FormData) => {
    if (await reports.send(written)) form.current?.reset();
  };
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!isSending) void send(new FormData(event.currentTarget));
  };

  return (
    <form ref={form} className="report-form" onSubmit={onSubmit} noValidate>
      {/* What is under way can be read, and no longer changed. */}
      <Field label="What went wrong" name="title" autoComplete="off" readOnly={isSending} error={errors.title} />
      <Field label="Day" name="happenedOn" type="date" readOnly={isSending} error={errors.happenedOn} />
      <Labelled label="How bad is it" error={errors.severity}>
        {(own) => (
          <select name="severity" defaultValue="" disabled={isSending} {...own}>
            <option value="">Please choose</option>
            {Object.entries(severities).map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      <Labelled label="What happened" error={errors.description}>
        {(own) => <textarea name="description" rows={6} readOnly={isSending} {...own} />}
      </Labelled>
      <Field
        label="Photo or log (at most 32 KB)"
        name="attachment"
        type="file"
        disabled={isSending}
        error={errors.attachment}
      />
      <div className="report-send">
        <button type="submit" className="primary" aria-disabled={isSending}>
          {isWaiting ? 'Waiting…' : isSending ? 'Sending…' : 'Send report'}
        </button>
        {isWaiting && (
          <button type="button" onClick={reports.callBack}>
            Don’t send it
          </button>
        )}
        <ReportOutcome isWaiting={isWaiting} />
      </div>
    </form>
  );
};

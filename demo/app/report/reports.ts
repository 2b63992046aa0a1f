import { useSyncExternalStore } from 'react';
import { authErrorOf } from 'silent-refresh';
import { call } from '../calls/call.ts';
import { calledBack, type Outcome, outcomeOfAnswer, outcomeOfError } from './outcome.ts';
import type { Report } from './report.ts';

/** What the screens show of the reports. */
interface Picture {
  readonly list?: readonly Report[];
  /** On its way, or waiting to be. */
  readonly isSending: boolean;
  readonly outcome?: Outcome;
}

/** The reports of whoever is signed in, and the one that is being sent: cleared when its user leaves. */
const createReports = () => {
  let picture: Picture = { isSending: false };
  let user = 0;
  let abort = new AbortController();
  const listeners = new Set<() => void>();

  const show = (next: Picture) => {
    picture = next;
    for (const listener of listeners) listener();
  };

  const load = async (): Promise<void> => {
    const before = user;
    try {
      const response = await call('/api/reports');
      if (!response.ok) return;
      const { reports: list } = (await response.json()) as { reports: readonly Report[] };
      if (before === user) show({ ...picture, list });
    } catch {
      return;
    }
  };

  const post = async (form: FormData): Promise<Outcome> => {
    abort = new AbortController();
    const { signal } = abort;
    try {
      // Waits for its user where they have to sign in again, and is sent then: once, and in nobody else's name.
      return await outcomeOfAnswer(
        await call('/api/reports', { method: 'POST', body: form, signal, auth: { relogin: 'hold' } }),
      );
    } catch (error) {
      return signal.aborted ? calledBack : outcomeOfError(authErrorOf(error));
    }
  };

  return {
    current: () => picture,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    clear: () => {
      user++;
      show({ isSending: false });
    },
    load,
    /** Says whether the report has arrived. */
    send: async (form: FormData): Promise<boolean> => {
      const before = user;
      const { outcome: _, ...rest } = picture;
      show({ ...rest, isSending: true });
      const outcome = await post(form);
      if (before === user) show({ ...picture, isSending: false, outcome });
      // Of a report whose writer has left, nothing is told but that it was not sent.
      else if (outcome.kind === 'unsent') show({ ...picture, outcome });
      if (outcome.kind === 'sent') await load();
      return outcome.kind === 'sent';
    },
    callBack: () => abort.abort(),
  };
};

export const reports = createReports();

export const useReports = (): Picture => useSyncExternalStore(reports.subscribe, reports.current);

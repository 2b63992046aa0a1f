import type { Scheduler } from 'fast-check';

export const timeoutMs = 10_000;
/** How long a key is used again. */
export const keyMs = 60_000;
export const presumedLostMs = 15_000;
export const lostOnWakeMs = 5000;

/** One run of the property: what it may use, and what it has to say. */
export interface Run {
  readonly schedule: Scheduler;
  /** The promises that were not kept. */
  readonly wrong: string[];
  /** Something was reached that the property is about. */
  note(what: string): void;
  /** True time, in ms: it goes on from one page to the next. */
  now(): number;
  /** The wall clock of whoever sits there, which may be set. */
  wallAt(): number;
  /** The number of the page that is open. The code of those before does not run any more. */
  page(): number;
}

/** Goes on when the scheduler says so, and never on a page that is gone. */
export const later = async (run: Run, what: string, page = run.page()): Promise<void> => {
  await run.schedule.schedule(Promise.resolve(), what);
  await onlyOn(run, page);
};

/** Goes on, but never on a page that is gone. */
export const onlyOn = async (run: Run, page: number): Promise<void> => {
  if (run.page() !== page) await new Promise(() => {});
};

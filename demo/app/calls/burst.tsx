import { type ReactNode, useState } from 'react';
import type { CallOptions } from 'silent-refresh';
import { activity } from '../activity/use-activity.ts';
import { call } from './call.ts';

const size = 200;

/** Many calls at one moment, which share at most one refresh. */
export const Burst = ({ relogin }: Required<Pick<CallOptions, 'relogin'>>): ReactNode => {
  const [counts, setCounts] = useState<{ readonly ok: number; readonly failed: number }>();
  const run = async () => {
    setCounts({ ok: 0, failed: 0 });
    const one = async () => {
      const isOk = await call('/api/me', { auth: { relogin } }).then(
        ({ ok }) => ok,
        () => false,
      );
      setCounts(({ ok, failed } = { ok: 0, failed: 0 }) =>
        isOk ? { ok: ok + 1, failed } : { ok, failed: failed + 1 },
      );
      return isOk;
    };
    const outcomes = await Promise.all(Array.from({ length: size }, one));
    const ok = outcomes.filter(Boolean).length;
    activity.note(`${size} calls at once: ${ok} ok, ${size - ok} failed.`);
  };
  return (
    <div className="action">
      <button type="button" onClick={() => void run()}>
        {size} calls now
      </button>
      <output aria-label="Burst">{counts && `${counts.ok} ok, ${counts.failed} failed`}</output>
    </div>
  );
};

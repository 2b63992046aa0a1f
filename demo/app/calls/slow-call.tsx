import { type ReactNode, useState } from 'react';
import type { CallOptions } from 'silent-refresh';
import { call, callFault } from './call.ts';

/** A call that takes the server two seconds: long enough to end the session under it. */
export const SlowCall = ({ relogin }: Required<Pick<CallOptions, 'relogin'>>): ReactNode => {
  const [outcome, setOutcome] = useState('');
  const run = async () => {
    const startedAt = performance.now();
    setOutcome('Waiting…');
    try {
      const { status } = await call('/api/slow', { auth: { relogin } });
      setOutcome(`Answered ${status} after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    } catch (error) {
      setOutcome(`Failed: ${callFault(error)}`);
    }
  };
  return (
    <div className="action">
      <button type="button" onClick={() => void run()}>
        Slow call
      </button>
      <output aria-label="Slow call">{outcome}</output>
    </div>
  );
};

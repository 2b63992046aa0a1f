import { type ReactNode, useState } from 'react';
import type { CallOptions } from 'silent-refresh';
import { Choice } from '../choice.tsx';
import { Burst } from './burst.tsx';
import { Polling } from './polling.tsx';
import { SlowCall } from './slow-call.tsx';

const relogins = [
  { value: 'reject', label: 'are rejected' },
  { value: 'hold', label: 'are held' },
] as const;

export const Calls = (): ReactNode => {
  const [relogin, setRelogin] = useState<NonNullable<CallOptions['relogin']>>('reject');
  return (
    <section className="card calls" aria-labelledby="calls">
      <h2 id="calls">Calls</h2>
      <Polling relogin={relogin} />
      <SlowCall relogin={relogin} />
      <Burst relogin={relogin} />
      <Choice
        legend="While you have to sign in again, these calls"
        options={relogins}
        chosen={relogin}
        onChoose={setRelogin}
      />
    </section>
  );
};

import type { ReactNode } from 'react';
import { Burst } from './burst.tsx';
import { Polling } from './polling.tsx';
import { SlowCall } from './slow-call.tsx';

export const Calls = (): ReactNode => (
  <section className="card calls" aria-labelledby="calls">
    <h2 id="calls">Calls</h2>
    <Polling />
    <SlowCall />
    <Burst />
  </section>
);

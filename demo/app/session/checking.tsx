import type { ReactNode } from 'react';

export const Checking = (): ReactNode => (
  <p className="checking" role="status">
    Checking whether you are signed in…
  </p>
);

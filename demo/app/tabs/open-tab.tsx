import type { ReactNode } from 'react';

/** A tab of its own right, as if its address had been typed. */
export const OpenTab = (): ReactNode => (
  <a className="button" href="/" target="_blank" rel="noopener">
    Open another tab
  </a>
);

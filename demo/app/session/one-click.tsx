import type { ReactNode } from 'react';
import { ada, grace } from '../../accounts.ts';

export interface OneClickProps {
  readonly onChoose: (credentials: { readonly userName: string; readonly password: string }) => void;
}

/** Signs in without typing: what a demo may offer, and a real app may not. */
export const OneClick = ({ onChoose }: OneClickProps): ReactNode => (
  <div className="one-click">
    {[ada, grace].map(({ name: userName, displayName, password }) => (
      <button key={userName} type="button" onClick={() => onChoose({ userName, password })}>
        Sign in as {displayName.split(' ')[0]}
      </button>
    ))}
  </div>
);

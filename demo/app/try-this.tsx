import type { ReactNode } from 'react';

interface Trial {
  readonly action: string;
  readonly result: string;
}

const trials: readonly Trial[] = [
  { action: 'Open another tab.', result: 'One of the two refreshes, and the other receives the new token.' },
  { action: 'Set the token lifetime to 5 s.', result: 'The token is replaced every 4 s, and no call fails.' },
  {
    action: 'Let the refresh endpoint answer 503, or go offline.',
    result: 'You stay signed in. Calls work again as soon as the server does.',
  },
  {
    action: 'End your session while you write a report.',
    result: 'The page stays as it is. Sign in again, and the report is sent.',
  },
  { action: 'Sign out in one tab.', result: 'All tabs are signed out at once, and they stay signed out.' },
  {
    action: 'Then sign in as Grace.',
    result: 'All tabs show Grace, and nothing that was Ada’s is left on the page.',
  },
];

/** What is worth a try, and what to expect of it. */
export const TryThis = (): ReactNode => (
  <section className="card try-this" aria-labelledby="try-this">
    <h2 id="try-this">Try this</h2>
    <ol>
      {trials.map(({ action, result }) => (
        <li key={action}>
          <strong>{action}</strong> {result}
        </li>
      ))}
    </ol>
  </section>
);

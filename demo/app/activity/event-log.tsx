import type { ReactNode } from 'react';
import { useActivity } from './use-activity.ts';

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** The timeline in words, once it has any. Ordinary answered calls are left out, or it would never be quiet. */
export const EventLog = (): ReactNode => {
  const { entries } = useActivity();
  if (entries.length === 0) return null;
  return (
    <section className="card log" aria-labelledby="log">
      <h2 id="log">Latest events</h2>
      {/* What is new is read out; that it has happened once more is not. */}
      <div role="log" aria-live="polite" aria-relevant="additions" aria-labelledby="log">
        <ol>
          {entries.slice(0, 12).map(({ id, at, text, count }) => (
            <li key={id}>
              <time dateTime={new Date(at).toISOString()}>{clock.format(at)}</time>
              <span>
                {text}
                {count > 1 && ` (×${count})`}
              </span>
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
};

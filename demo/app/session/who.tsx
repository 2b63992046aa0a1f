import type { ReactNode } from 'react';
import { useSession } from './auth.ts';

/** Who is signed in: the claims, which only a sign-in or a change of user changes. */
export const Who = (): ReactNode => {
  const claims = useSession((session) => session.claims);
  if (claims === undefined) return null;
  const { displayName, name, sub, sid } = claims;
  return (
    <section className="card who" aria-labelledby="who">
      <span className="avatar" aria-hidden="true">
        {initials(displayName)}
      </span>
      <div>
        <h2 id="who" tabIndex={-1}>
          {displayName}
        </h2>
        <dl className="claims">
          <dt>User name</dt>
          <dd>{name}</dd>
          <dt>Subject</dt>
          <dd>
            <code>{sub}</code>
          </dd>
          <dt>Session</dt>
          <dd>
            <code>{sid}</code>
          </dd>
        </dl>
      </div>
    </section>
  );
};

const initials = (name: string): string =>
  name
    .split(' ')
    .map((part) => part.charAt(0))
    .join('');

import { type ReactNode, useRef, useState } from 'react';
import { useSession } from './auth.ts';
import { endReasons } from './reasons.ts';
import { ReloginDialog } from './relogin-dialog.tsx';
import { waitingText } from './waiting-text.ts';

/** Asks somebody whose session the server has ended to sign in again, over the screen they were at. */
export const Relogin = (): ReactNode => {
  const session = useSession();
  if (session.status !== 'relogin-required') return null;
  const { claims, reason, heldCalls } = session;
  return <Asked key={claims.sid} {...claims} reason={endReasons[reason]} heldCalls={heldCalls} />;
};

interface AskedProps {
  readonly name: string;
  readonly displayName: string;
  readonly reason: string;
  readonly heldCalls: number;
}

/** Whoever is in the midst of something may put the dialog away. It is back when one more call waits for them. */
const Asked = ({ heldCalls, ...asked }: AskedProps): ReactNode => {
  const [seen, setSeen] = useState({ isAway: false, heldCalls });
  if (heldCalls !== seen.heldCalls) setSeen({ isAway: seen.isAway && heldCalls < seen.heldCalls, heldCalls });
  const put = (isAway: boolean) => setSeen({ isAway, heldCalls });
  const returnTo = useRef<Element>(null);
  if (!seen.isAway)
    return <ReloginDialog {...asked} heldCalls={heldCalls} returnTo={returnTo} onAway={() => put(true)} />;
  return (
    <div className="banner">
      <p className="asking">
        <span role="status">
          {asked.reason} {heldCalls > 0 ? waitingText(heldCalls) : 'Go on: what is on the page is kept.'}
        </span>
        <button
          type="button"
          className="primary"
          onFocus={({ relatedTarget }) => {
            returnTo.current = relatedTarget ?? returnTo.current;
          }}
          onClick={() => put(false)}
        >
          Sign in again
        </button>
      </p>
    </div>
  );
};

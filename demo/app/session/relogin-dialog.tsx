import { type ReactNode, useEffect, useRef } from 'react';
import { useAuth, useSession } from './auth.ts';
import { endReasons } from './reasons.ts';
import { SignInForm } from './sign-in-form.tsx';

/** Asks somebody whose session the server has ended to sign in again, over the screen they were at. */
export const ReloginDialog = (): ReactNode => {
  const session = useSession();
  return session.status === 'relogin-required' ? (
    <Dialog key={session.claims.sid} {...session.claims} reason={endReasons[session.reason]} />
  ) : null;
};

interface DialogProps {
  readonly name: string;
  readonly displayName: string;
  readonly reason: string;
}

const Dialog = ({ name, displayName, reason }: DialogProps): ReactNode => {
  const { signOut } = useAuth();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    const before = document.activeElement;
    element.showModal();
    element.querySelector<HTMLInputElement>('[name=password]')?.focus();
    return () => {
      element.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="relogin"
      aria-describedby="relogin-reason"
      // Escape leads nowhere: there is nothing to go back to. Chromium asks for more than a prevented `cancel`.
      closedby="none"
      onCancel={(event) => event.preventDefault()}
    >
      <h2 id="relogin">Please sign in again</h2>
      <p id="relogin-reason">
        {reason} You were signed in as <strong>{displayName}</strong>; everything on the page is kept.
      </p>
      <SignInForm userName={name} />
      <button type="button" className="quiet" onClick={() => void signOut()}>
        Sign out instead
      </button>
    </dialog>
  );
};

import { type ReactNode, type RefObject, useEffect, useRef } from 'react';
import { useAuth } from './auth.ts';
import { SignInForm } from './sign-in-form.tsx';
import { waitingText } from './waiting-text.ts';

export interface ReloginDialogProps {
  readonly name: string;
  readonly displayName: string;
  readonly reason: string;
  readonly heldCalls: number;
  /** What had the focus when there was no dialog, and gets it back. */
  readonly returnTo: RefObject<Element | null>;
  /** It is put away, for now. */
  readonly onAway: () => void;
}

export const ReloginDialog = (props: ReloginDialogProps): ReactNode => {
  const { name, displayName, reason, heldCalls, returnTo, onAway } = props;
  const { signOut } = useAuth();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    const { activeElement: before } = document;
    if (before !== document.body) returnTo.current = before;
    element.showModal();
    // What somebody is typing just now is not meant for the password.
    element.querySelector<HTMLElement>(isTypedIn(before) ? 'h2' : '[name=password]')?.focus();
    return () => {
      element.close();
      if (returnTo.current instanceof HTMLElement) returnTo.current.focus();
    };
  }, [returnTo]);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="relogin"
      aria-describedby="relogin-reason"
      closedby="closerequest"
      // Not every close request asks before, and the close of a dialog that is open again is old news.
      onClose={({ currentTarget }) => currentTarget.open || onAway()}
    >
      <h2 id="relogin" tabIndex={-1}>
        Please sign in again
      </h2>
      <p id="relogin-reason">
        {reason} You were signed in as <strong>{displayName}</strong>; everything on the page is kept.
      </p>
      <p className="held-calls" role="status">
        {heldCalls > 0 && `${waitingText(heldCalls)} Signing out, or in as somebody else, sends nothing.`}
      </p>
      <SignInForm userName={name} />
      <button type="button" className="quiet" onClick={onAway}>
        Not now
      </button>
      <button type="button" className="quiet" onClick={() => void signOut()}>
        Sign out instead
      </button>
    </dialog>
  );
};

const isTypedIn = (element: Element | null): boolean =>
  element?.matches('textarea, input:not([type=checkbox], [type=radio], [type=file])') === true;

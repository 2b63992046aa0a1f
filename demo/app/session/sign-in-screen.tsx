import { type ReactNode, useEffect } from 'react';
import { useSession } from './auth.ts';
import { endReasons } from './reasons.ts';
import { SignInForm } from './sign-in-form.tsx';

/** `children`: what else there is to tell somebody who is not signed in. */
export const SignInScreen = ({ children }: { readonly children?: ReactNode }): ReactNode => {
  const reason = useSession((session) => (session.status === 'unauthenticated' ? session.reason : 'anonymous'));
  // The form goes, and the focus with it: it moves to the name of the user who has signed in.
  useEffect(() => () => document.getElementById('who')?.focus(), []);
  return (
    <section className="card sign-in-screen" aria-labelledby="sign-in">
      <h2 id="sign-in">Sign in</h2>
      <p className="muted">
        {reason === 'anonymous' ? 'Then watch the session stay alive by itself.' : endReasons[reason]}
      </p>
      {children}
      <SignInForm />
      <p className="muted small">The passwords are printed in the terminal that runs the demo.</p>
    </section>
  );
};

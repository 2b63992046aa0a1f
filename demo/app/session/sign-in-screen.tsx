import type { ReactNode } from 'react';
import { useSession } from './auth.ts';
import { endReasons } from './reasons.ts';
import { SignInForm } from './sign-in-form.tsx';

/** `children`: what else there is to tell somebody who is not signed in. */
export const SignInScreen = ({ children }: { readonly children?: ReactNode }): ReactNode => {
  const reason = useSession((session) => (session.status === 'unauthenticated' ? session.reason : 'anonymous'));
  return (
    <section className="card sign-in-screen" aria-labelledby="sign-in">
      <h2 id="sign-in">Sign in</h2>
      <p className="muted">
        {reason === 'anonymous' ? 'Then watch how a session keeps itself alive.' : endReasons[reason]}
      </p>
      {children}
      <SignInForm />
      <p className="muted small">Names and passwords are printed where the demo was started.</p>
    </section>
  );
};

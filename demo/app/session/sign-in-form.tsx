import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { Field } from '../field.tsx';
import { useSecondsUntil } from '../use-seconds-until.ts';
import { useAuth } from './auth.ts';
import { OneClick } from './one-click.tsx';
import { type SignInFault, signInFaultOf } from './sign-in-fault.ts';

/** The form of the sign-in screen and of the re-login dialog, which knows the user name. */
export const SignInForm = ({ userName = '' }: { readonly userName?: string }): ReactNode => {
  const { signIn } = useAuth();
  const [fault, setFault] = useState<SignInFault>();
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const submit = async (credentials: Record<string, unknown>) => {
    setBusy(true);
    try {
      await signIn(credentials);
    } catch (error) {
      const found = await signInFaultOf(error);
      setFault(found);
      // The first field that is wrong; a refused password is typed anew.
      const [wrong = 'password'] = Object.keys(found.fields ?? {});
      const field = form.current?.elements.namedItem(wrong);
      if (field instanceof HTMLInputElement) field.select();
    } finally {
      setBusy(false);
    }
  };
  /** `chosen`: the credentials that no one had to type. */
  const send = (chosen?: Record<string, string>) => {
    if (isBusy || form.current === null) return;
    void submit({ ...Object.fromEntries(new FormData(form.current)), ...chosen });
  };
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    send();
  };

  return (
    <form ref={form} className="sign-in" onSubmit={onSubmit} noValidate>
      <OneClick onChoose={send} />
      <p className="muted small or">or with a password</p>
      <Field
        label="User name"
        name="userName"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        defaultValue={userName}
        autoFocus={userName === ''}
        error={fault?.fields?.userName}
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        error={fault?.fields?.password}
      />
      <label className="stay">
        <input type="checkbox" name="stay" defaultChecked />
        Stay signed in when the browser is closed
      </label>
      <button type="submit" className="primary" aria-disabled={isBusy}>
        {isBusy ? 'Signing in…' : 'Sign in'}
      </button>
      <div className="fault" role="alert">
        {fault && !isBusy && <Fault {...fault} />}
      </div>
    </form>
  );
};

const Fault = ({ message, retryAt }: SignInFault): ReactNode => {
  const seconds = useSecondsUntil(retryAt);
  return (
    <p>
      {message} {retryAt !== undefined && (seconds > 0 ? `Try again in ${seconds} s.` : 'You can try again now.')}
    </p>
  );
};

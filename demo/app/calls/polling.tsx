import { type ReactNode, useEffect, useState } from 'react';
import type { CallOptions } from 'silent-refresh';
import { notes } from '../notes/notes.ts';
import { Switch } from '../switch.tsx';

/** Asks the API every second for as long as somebody is here, whether or not they have to sign in again. */
export const Polling = ({ relogin }: Required<Pick<CallOptions, 'relogin'>>): ReactNode => {
  const [isOn, setOn] = useState(true);

  useEffect(() => {
    if (!isOn) return;
    const abort = new AbortController();
    let isBusy = false;
    const ask = async () => {
      if (isBusy) return;
      isBusy = true;
      await notes.load({ signal: abort.signal, auth: { relogin } });
      isBusy = false;
    };
    void ask();
    const timer = setInterval(() => void ask(), 1000);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [isOn, relogin]);

  return (
    <Switch isOn={isOn} onChange={setOn}>
      Call the API every second
    </Switch>
  );
};

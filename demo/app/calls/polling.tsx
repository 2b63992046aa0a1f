import { type ReactNode, useEffect, useState } from 'react';
import { notes } from '../notes/notes.ts';
import { useSession } from '../session/auth.ts';
import { Switch } from '../switch.tsx';

/** Asks the API every second while somebody is signed in. */
export const Polling = (): ReactNode => {
  const [isOn, setOn] = useState(true);
  const isSignedIn = useSession((session) => session.status === 'authenticated');

  useEffect(() => {
    if (!isOn || !isSignedIn) return;
    const abort = new AbortController();
    let isBusy = false;
    const ask = async () => {
      if (isBusy) return;
      isBusy = true;
      await notes.load(abort.signal);
      isBusy = false;
    };
    void ask();
    const timer = setInterval(() => void ask(), 1000);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [isOn, isSignedIn]);

  return (
    <Switch isOn={isOn} onChange={setOn}>
      Call the API every second
    </Switch>
  );
};

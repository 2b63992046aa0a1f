import { useCallback, useEffect, useRef, useState } from 'react';
import { readServerState, type ServerState } from './server-state.ts';

type Ask = () => Promise<ServerState | undefined>;

/** The demo server's state, looked at every two seconds, and a way to change it: `expected` is shown at once. */
export const useServerState = (): readonly [
  ServerState | undefined,
  (ask: Ask, expected?: Partial<ServerState>) => Promise<void>,
] => {
  const [state, setState] = useState<ServerState>();
  const asked = useRef(0);

  const change = useCallback(async (ask: Ask, expected: Partial<ServerState> = {}) => {
    const mine = ++asked.current;
    setState((current) => current && { ...current, ...expected });
    const next = await ask();
    // An answer to an older question would set a switch back that was moved since.
    if (next !== undefined && mine === asked.current) setState(next);
  }, []);

  useEffect(() => {
    const look = () => {
      if (document.visibilityState === 'visible') void change(readServerState);
    };
    look();
    const timer = setInterval(look, 2000);
    return () => clearInterval(timer);
  }, [change]);

  return [state, change];
};

import { useCallback, useRef, useSyncExternalStore } from 'react';
import type { AuthClient } from '../index.ts';

/**
 * How many users have left since the component was mounted. A store of its own and no state, so that React renders it
 * together with the session: not one frame shows what was the user's to the next one.
 */
export const useDepartures = (client: Pick<AuthClient<unknown>, 'onUserLeft'>): number => {
  const count = useRef(0);
  const subscribe = useCallback(
    (onChange: () => void) =>
      client.onUserLeft(() => {
        count.current++;
        onChange();
      }),
    [client],
  );
  const read = () => count.current;
  return useSyncExternalStore(subscribe, read, read);
};

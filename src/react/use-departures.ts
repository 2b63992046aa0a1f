import { useSyncExternalStore } from 'react';
import type { AuthClient } from '../index.ts';

type Departing = Pick<AuthClient<unknown>, 'onUserLeft'>;

/** Counted for as long as there is the client: a component that `<Activity>` hides does not listen. */
const departures = new WeakMap<Departing, number>();

/**
 * How many users of a client have left since it was first rendered for. A store of its own and no state, so that React
 * renders it together with the session: while it is not hidden, not one frame shows what was the user's to the next one.
 */
export const useDepartures = (client: Departing): number => {
  const count = () => departures.get(client) as number;
  if (!departures.has(client)) {
    departures.set(client, 0);
    client.onUserLeft(() => void departures.set(client, count() + 1));
  }
  return useSyncExternalStore(client.onUserLeft, count, count);
};

import { useInsertionEffect, useSyncExternalStore } from 'react';
import type { AuthClient, Session } from '../index.ts';

type Departing = Pick<AuthClient<unknown>, 'onUserLeft' | 'getSession'>;

interface Departures {
  /** The session when counting began. */
  readonly since: Session<unknown>;
  count: number;
}

/** Counted for as long as there is the client: a component that `<Activity>` hides does not listen. */
const departures = new WeakMap<Departing, Departures>();

/**
 * How many users of a client have left since it was first shown. A store of its own and no state, so that
 * React renders it together with the session: while it is not hidden, no frame shows one user's data to the
 * next. Counting begins when something is shown. A session that has changed since it was rendered may be the
 * next user's, so until then the session itself takes the place of the count: React sees that the two differ
 * before it shows anything.
 */
export function useDepartures(client: Departing): number {
  const current = () => {
    const counted = departures.get(client);
    return counted === undefined ? client.getSession() : counted.count || counted.since;
  };
  const rendered = useSyncExternalStore(client.onUserLeft, current, current);
  useInsertionEffect(() => {
    if (departures.has(client)) return;
    const since = client.getSession();
    const counted = { since, count: since === rendered ? 0 : 1 };
    departures.set(client, counted);
    client.onUserLeft(() => void counted.count++);
  }, [client, rendered]);
  return typeof rendered === 'number' ? rendered : 0;
}

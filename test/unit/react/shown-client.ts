import type { AuthClient, Session } from '../../../src/index.ts';

/** A client whose session is the test's to say. */
export const createShownClient = (session: Session<unknown> = { status: 'loading' }) => {
  const listeners = new Set<(session: Session<unknown>) => void>();
  const departures = new Set<(claims: unknown) => void>();
  const changes = new Set<(claims: unknown) => void>();
  let current: Session<unknown> = Object.freeze({ ...session });
  const on = <T>(set: Set<T>) => {
    return (listener: T) => {
      set.add(listener);
      return () => void set.delete(listener);
    };
  };
  const become = (next: Session<unknown>) => {
    current = Object.freeze({ ...next });
    for (const listener of [...listeners]) listener(current);
  };
  const client = {
    start: () => () => {},
    getSession: () => current,
    subscribe: on(listeners),
    onUserLeft: on(departures),
    onUserChanged: on(changes),
  } as Partial<AuthClient> as AuthClient;
  return {
    client,
    become,
    /** The user leaves, and another one is there at once. */
    replaceBy: (next: Session<unknown>) => {
      const { claims } = current;
      for (const listener of [...departures]) listener(claims);
      become({ status: 'unauthenticated', reason: 'user-changed' });
      become(next);
      for (const listener of [...changes]) listener(next.claims);
    },
    listeners: () => listeners.size + departures.size + changes.size,
  };
};

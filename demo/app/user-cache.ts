/** Keeps what a page shows of its user, and forgets it with the user. */
export interface UserCache<T> {
  current(): T | undefined;
  subscribe(listener: () => void): () => void;
  set(next: T): void;
  /** The user has left. */
  clear(): void;
  /** Returns a function that says whether the same user is still there: an answer for one who has left is nobody's. */
  sameUser(): () => boolean;
}

export const createUserCache = <T>(): UserCache<T> => {
  let current: T | undefined;
  let departures = 0;
  const listeners = new Set<() => void>();

  const show = (next: T | undefined) => {
    current = next;
    for (const listener of listeners) listener();
  };

  return {
    current: () => current,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    set: show,
    clear: () => {
      departures++;
      show(undefined);
    },
    sameUser: () => {
      const before = departures;
      return () => before === departures;
    },
  };
};

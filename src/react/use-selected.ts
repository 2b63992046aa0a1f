import { startTransition, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { AuthClient, Session } from '../index.ts';
import type { View } from './session-view.ts';

/** The session of a client, or what `selector` makes of it: a new object only if that differs, compared shallowly. */
export function useSelected<Claims, Result>(
  client: AuthClient<Claims>,
  view: View<Claims>,
  selector: ((session: Session<Claims>) => Result) | undefined,
): Session<Claims> | Result {
  // What was rendered last, for a selector that is a new function on every render.
  const rendered = useRef<{ readonly result: Session<Claims> | Result }>(undefined);
  const select = useMemo(() => {
    let last: { readonly session: Session<Claims>; readonly result: Session<Claims> | Result } | undefined;
    return (session: Session<Claims>) => {
      if (last?.session === session) return last.result;
      const before = last ?? rendered.current;
      const result = selector === undefined ? session : selector(session);
      last = {
        session,
        result: before !== undefined && isShallowEqual(before.result, result) ? before.result : result,
      };
      return last.result;
    };
  }, [selector]);
  // Set if React hydrates what a server has rendered: only then does it call `getServerSnapshot`.
  const [mount] = useState(() => ({ isHydrated: false }));
  const [isCurrent, setCurrent] = useState(false);
  const result = useSyncExternalStore(
    client.subscribe,
    () => (mount.isHydrated && !isCurrent ? select(view.first) : select(view.of(client.getSession()))),
    () => {
      mount.isHydrated = true;
      return select(view.first);
    },
  );
  useEffect(() => {
    if (!mount.isHydrated || isCurrent) return;
    // Not by `select`, which remembers one session alone.
    const isNews = () => {
      try {
        const session = view.of(client.getSession());
        return !isShallowEqual(selector === undefined ? session : selector(session), result);
      } catch {
        return true;
      }
    };
    const follow = () => {
      if (isNews()) startTransition(() => setCurrent(true));
    };
    follow();
    return client.subscribe(follow);
  });
  useEffect(() => {
    rendered.current = { result };
  });
  return result;
}

function isShallowEqual(a: unknown, b: unknown): boolean {
  try {
    if (Object.is(a, b)) return true;
    if (!isPlain(a) || !isPlain(b) || Array.isArray(a) !== Array.isArray(b)) return false;
    const names = Object.keys(a);
    return (
      names.length === Object.keys(b).length &&
      names.every((name) => Object.hasOwn(b, name) && Object.is(a[name], b[name]))
    );
  } catch {
    // The app's own getters may throw: whoever reads them gets the error.
    return false;
  }
}

/** Whether a value is all in its own members, unlike a Date or a Map. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return Object(value) === value && [Object.prototype, Array.prototype, null].includes(Object.getPrototypeOf(value));
}

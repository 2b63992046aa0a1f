import { createContext, Fragment, type ReactNode, useContext, useEffect, useRef, useState } from 'react';
import type { AuthClient, Session } from '../index.ts';
import { sessionView, type View } from './session-view.ts';
import { useDepartures } from './use-departures.ts';
import { useSelected } from './use-selected.ts';

/** The claims of a client. */
export type ClaimsOf<Client> = Client extends AuthClient<infer Claims> ? Claims : never;

export interface AuthProviderProps<Client> {
  /** What `createAuthClient()` returned: created once, outside of any component. */
  readonly client: Client;
  /**
   * Called once each time the server ends the session of a signed-in user: send them to the sign-in page, or
   * open a dialog. Once per client: with several providers, only one handler is called. It is called in a
   * microtask, when the calls that were waiting are held: `heldCalls` is their number. Calls held later are
   * counted in `useSession`. If it throws, the error is reported.
   */
  readonly onReloginRequired?: (session: Extract<Session<ClaimsOf<Client>>, { status: 'relogin-required' }>) => void;
  /**
   * Called when a user has left (sign-out, change of user), before anything of the next one is shown: clear
   * caches here. `undefined`: the user of an earlier page is gone. If it throws, the error is reported.
   */
  readonly onUserLeft?: (claims: ClaimsOf<Client> | undefined) => void;
  /**
   * Called once another user is shown than before, or nobody any more (`undefined`): reload data here, with
   * `router.revalidate()` for example. If it throws, the error is reported.
   */
  readonly onUserChanged?: (claims: ClaimsOf<Client> | undefined) => void;
  /**
   * Shown as the claims while the session is loading: what a server that rendered the page knows of the user.
   * Read once for each client. `<SignedIn>` renders its children with them, and keeps them if the same user
   * turns out to be signed in, by `sub`, `id` or `user.id`, and in no other organisation (`org_id`, `tid`,
   * `tenant_id`).
   */
  readonly initialClaims?: ClaimsOf<Client>;
  readonly children?: ReactNode;
}

export interface SignedInProps {
  /**
   * Shown while it is not known who is signed in, unless `initialClaims` say so: the children are shown then.
   * Default nothing.
   */
  readonly loading?: ReactNode;
  /** Shown to somebody who is not signed in. Default nothing. */
  readonly fallback?: ReactNode;
  readonly children?: ReactNode;
}

/** The provider and its hooks, bound to the claims of one client. */
export interface AuthHooks<Client> {
  /** Starts the client while it is mounted and provides it. The context never changes, so it renders no consumer. */
  readonly AuthProvider: (props: AuthProviderProps<Client>) => ReactNode;
  /**
   * The session, or what `selector` makes of it (compared shallowly): renders when that changes. A silent
   * refresh changes nothing. On a server, and while hydrating, it is `loading`; the first change after that
   * is a transition, so that what the server has rendered stays shown. A component that holds a `<Suspense>`
   * boundary is updated when that is hydrated, and so are others that change at the same moment: read the
   * session in leaves. Throws a `TypeError` without an `AuthProvider` above.
   */
  readonly useSession: {
    (): Session<ClaimsOf<Client>>;
    <Result>(selector: (session: Session<ClaimsOf<Client>>) => Result): Result;
  };
  /** The client. Throws a `TypeError` without an `AuthProvider` above. */
  readonly useAuth: () => Client;
  /**
   * Shows its children to somebody signed in, and keeps them mounted through a forced re-login, so that no
   * work is lost. For another user, or another client, they are mounted anew.
   */
  readonly SignedIn: (props: SignedInProps) => ReactNode;
}

/**
 * Makes a provider and hooks of their own, typed by the client: `createAuthHooks<typeof auth>()`. Clients
 * nest this way.
 */
export function createAuthHooks<Client extends AuthClient<unknown> = AuthClient>(): AuthHooks<Client> {
  type Claims = ClaimsOf<Client>;
  /** `nth`: counts the clients that one provider has been given. */
  const Context = createContext<{ client: Client; view: View<Claims>; nth: number } | undefined>(undefined);
  /** Clients whose forced re-login has been reported and is not over. */
  const reported = new WeakSet<Client>();

  const useProvided = () => {
    const provided = useContext(Context);
    if (provided !== undefined) return provided;
    throw new TypeError(
      'There is no <AuthProvider> above this component: render <AuthProvider client={auth}>. If there is one, there are two copies of silent-refresh.',
    );
  };

  const AuthProvider = (props: AuthProviderProps<Client>): ReactNode => {
    const { client, children } = props;
    if (!client) {
      throw new TypeError('<AuthProvider> has no client: render <AuthProvider client={auth}>.');
    }
    const provision = (nth: number) => ({ client, view: sessionView(props.initialClaims), nth });
    const [provided, provide] = useState(() => provision(0));
    if (provided.client !== client) provide(provision(provided.nth + 1));
    const handlers = useRef(props);
    useEffect(() => {
      handlers.current = props;
    });
    useEffect(() => {
      const typed = client as unknown as AuthClient<Claims>;
      let mounted = true;
      const reportRelogin = () => {
        const session = typed.getSession();
        const { onReloginRequired } = handlers.current;
        if (!mounted || session.status !== 'relogin-required' || reported.has(client)) return;
        // Another provider of the client may have one.
        if (onReloginRequired === undefined) return;
        reported.add(client);
        // Stays subscribed while nothing is mounted, so that the next forced re-login is reported.
        const unsubscribe = typed.subscribe(({ status }) => {
          if (status === 'relogin-required') return;
          reported.delete(client);
          unsubscribe();
        });
        onReloginRequired(session);
      };
      // One microtask later, the waiting calls are held, and a handler that throws is reported and breaks no tree.
      const onSession = ({ status }: Session<Claims>) => {
        if (status === 'relogin-required') queueMicrotask(reportRelogin);
      };
      const stops = [
        typed.onUserLeft((claims) => handlers.current.onUserLeft?.(claims)),
        typed.onUserChanged((claims) => handlers.current.onUserChanged?.(claims)),
        typed.subscribe(onSession),
        typed.start(),
      ];
      onSession(typed.getSession());
      return () => {
        mounted = false;
        for (const stop of stops) stop();
      };
    }, [client]);
    return <Context.Provider value={provided}>{children}</Context.Provider>;
  };

  const useSession = (<Result,>(selector?: (session: Session<Claims>) => Result): Session<Claims> | Result => {
    const { client, view } = useProvided();
    return useSelected(client as unknown as AuthClient<Claims>, view, selector);
  }) as AuthHooks<Client>['useSession'];

  const SignedIn = ({ loading, fallback, children }: SignedInProps): ReactNode => {
    const { client, view, nth } = useProvided();
    const { status, isLoading, isInitialUser } = useSession(({ status, claims }) => ({
      status,
      isLoading: status === 'loading' && claims === undefined,
      isInitialUser: view.isInitialUser(claims),
    }));
    const departures = useDepartures(client);
    if (isLoading) return loading;
    if (status === 'unauthenticated') return fallback;
    return <Fragment key={`${nth} ${departures} ${isInitialUser}`}>{children}</Fragment>;
  };

  return {
    AuthProvider,
    useSession,
    useAuth: () => useProvided().client,
    SignedIn,
  };
}

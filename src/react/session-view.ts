import type { Session } from '../index.ts';

/** How a session is shown: as it is, but for claims known from elsewhere while it loads. */
export interface View<Claims> {
  /** What a server shows, and the first render of its page: the same for everybody. */
  readonly first: Session<Claims>;
  of(session: Session<Claims>): Session<Claims>;
  /** Whether these are claims of the user whose claims were known from elsewhere. In doubt they are not. */
  isInitialUser(claims: Claims | undefined): boolean;
}

/** A view with the claims to show while loading, if there are any. The same session always gives the same object. */
export function sessionView<Claims>(initialClaims: Claims | undefined): View<Claims> {
  if (initialClaims === undefined) return { first: LOADING, of: (session) => session, isInitialUser: () => false };
  const first: Session<Claims> = Object.freeze({ status: 'loading', claims: initialClaims });
  let last: { readonly from: Session<Claims>; readonly to: Session<Claims> } | undefined;
  let known = false;
  const initialUser = userIn(initialClaims);
  return {
    first,
    isInitialUser: (claims) =>
      claims === initialClaims || (initialUser !== undefined && userIn(claims) === initialUser),
    of: (session) => {
      // Once the server has said who it is, what was known before is somebody's past.
      known ||= session.status !== 'loading';
      if (known) return session;
      if (session.status !== 'loading' || session.problem === undefined) return first;
      if (last?.from !== session) last = { from: session, to: Object.freeze({ ...session, claims: initialClaims }) };
      return last.to;
    },
  };
}

function userIn(claims: unknown): unknown {
  const { sub, id, user } = Object(claims) as { sub?: unknown; id?: unknown; user?: unknown };
  return sub ?? id ?? (Object(user) as { id?: unknown }).id;
}

const LOADING: Session<never> = Object.freeze({ status: 'loading' });

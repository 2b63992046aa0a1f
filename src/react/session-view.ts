import type { Session } from '../index.ts';

/** How a session is shown: as it is, but for claims known from elsewhere while it loads. */
export interface View<Claims> {
  /** What a server shows, and the first render of its page: the same for everybody. */
  readonly first: Session<Claims>;
  of(session: Session<Claims>): Session<Claims>;
}

/** A view with the claims to show while loading, if there are any. The same session always gives the same object. */
export const sessionView = <Claims>(initialClaims: Claims | undefined): View<Claims> => {
  if (initialClaims === undefined) return { first: loading, of: (session) => session };
  const first: Session<Claims> = Object.freeze({ status: 'loading', claims: initialClaims });
  let last: { readonly from: Session<Claims>; readonly to: Session<Claims> } | undefined;
  let known = false;
  return {
    first,
    of: (session) => {
      // Once the server has said who it is, what was known before is somebody's past.
      known ||= session.status !== 'loading';
      if (known) return session;
      if (session.status !== 'loading' || session.problem === undefined) return first;
      if (last?.from !== session) last = { from: session, to: Object.freeze({ ...session, claims: initialClaims }) };
      return last.to;
    },
  };
};

const loading: Session<never> = Object.freeze({ status: 'loading' });

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
  const claims = initialClaims !== undefined && { claims: initialClaims };
  const first: Session<Claims> = Object.freeze({ status: 'loading', ...claims });
  let last: { readonly from: Session<Claims>; readonly to: Session<Claims> } | undefined;
  /** Once the server has said who it is, what was known before is somebody's past. */
  let isKnown = initialClaims === undefined;
  const [initialUser, initialOrg] = namesIn(initialClaims);
  return {
    first,
    isInitialUser: (claims) => {
      // Users whom nobody names are not the same.
      const [user = {}, org = initialOrg] = namesIn(claims);
      return claims === initialClaims || (user === initialUser && org === (initialOrg ?? org));
    },
    of: (session) => {
      isKnown ||= session.status !== 'loading';
      if (isKnown || session.status !== 'loading') return session;
      if (session.problem === undefined) return first;
      if (last?.from !== session) last = { from: session, to: Object.freeze({ ...session, ...claims }) };
      return last.to;
    },
  };
}

/** The user whom claims are about, and the organisation that they name. */
function namesIn(claims: unknown): readonly unknown[] {
  const { sub, id, user, org_id, tid, tenant_id } = (claims ?? {}) as {
    readonly user?: { readonly id?: unknown };
    readonly [name: string]: unknown;
  };
  return [sub ?? id ?? user?.id, org_id ?? tid ?? tenant_id];
}

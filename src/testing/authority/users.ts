import { withoutReserved } from '../../server/tokens/minted-claims.ts';
import { checkNames } from '../../spelling/unknown-names.ts';

/** Somebody who can sign in. */
export interface TestUser {
  /** The `sub` of the access tokens. Default `1`. */
  readonly id?: string;
  /**
   * What has to be given to sign in as this user: of the credentials that arrive, these members have to be equal. Default
   * none, so that any credentials will do.
   */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Further claims of the access token. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** `user` of the token responses, and so of the session's claims. Default: left out. */
  readonly profile?: Readonly<Record<string, unknown>> | undefined;
}

/** The users of a test authority. */
export interface TestUsers {
  all(): readonly KnownUser[];
  byId(id: string): KnownUser | undefined;
  /** Who has these credentials. Those who ask for more come first. */
  byCredentials(given: unknown): KnownUser | undefined;
  /** A user by id; one to be added or changed, by default the first one; or the first one. Throws a `TypeError` for an unknown id. */
  take(user: string | TestUser | undefined): KnownUser;
}

export type KnownUser = TestUser & { readonly id: string };

export function createTestUsers(given: readonly TestUser[]): TestUsers {
  const users = new Map<string, KnownUser>();
  const put = (user: TestUser, id: string): KnownUser => {
    check(user, id);
    const known = { ...users.get(id), ...user, id };
    users.set(id, known);
    return known;
  };
  for (const user of given) {
    const { id = '1' } = user;
    if (users.has(id))
      throw new TypeError(`Two users of createTestAuthority() have the id ${id}. Give each an \`id\`.`);
    put(user, id);
  }
  const all = () => [...users.values()];
  const asked = ({ credentials = {} }: TestUser) => Object.entries(credentials);

  return {
    all,
    byId: (id) => users.get(id),
    byCredentials: (credentials) =>
      all()
        .sort((a, b) => asked(b).length - asked(a).length)
        .find((user) => asked(user).every(([name, value]) => Object(credentials)[name] === value)),
    take: (user) => {
      const firstId = all()[0]?.id ?? '1';
      if (typeof user === 'object') return put(user, user?.id ?? firstId);
      const found = users.get(user ?? firstId);
      if (found !== undefined) return found;
      if (users.size === 0)
        throw new TypeError('createTestAuthority() has no user. Give it `users`, or a user to signIn().');
      throw new TypeError(
        `No user of createTestAuthority() has the id ${String(user)}. There are: ${[...users.keys()].join(', ')}.`,
      );
    },
  };
}

const USER_NAMES: Readonly<Record<keyof TestUser, true>> = { id: true, credentials: true, claims: true, profile: true };

/** Throws a `TypeError` for a user who could not sign in at a real authority. */
function check(user: TestUser, id: unknown): void {
  if (typeof user !== 'object' || user === null) throw new TypeError(`A user is an object; it was ${String(user)}.`);
  checkNames(user, USER_NAMES, 'users.');
  if (typeof id !== 'string' || id === '') {
    throw new TypeError(`The id of a user is a string, as the \`sub\` of a token is; it was ${typeof id}.`);
  }
  withoutReserved(user.claims ?? {});
}

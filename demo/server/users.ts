import type { DatabaseSync } from 'node:sqlite';
import { transact } from './database.ts';
import { hashOfNoPassword, hashPassword, isPassword, type PasswordHash } from './password.ts';

export interface DemoUser {
  readonly id: string;
  /** What they sign in with. */
  readonly name: string;
  readonly displayName: string;
}

export interface Users {
  /** Adds a user, together with what `withTheirs` adds for the new id; nothing happens if the name is taken. */
  add(
    user: { readonly name: string; readonly displayName: string; readonly password: string },
    withTheirs: (id: string) => void,
  ): Promise<void>;
  isTaken(name: string): boolean;
  find(id: string): DemoUser | undefined;
  /** The user of that name and password. Takes as long for a name that nobody has. */
  authenticate(name: string, password: string): Promise<DemoUser | undefined>;
}

type UserRow = DemoUser & PasswordHash;

const COLUMNS = 'id, name, display_name as displayName, salt, hash';

export function createUsers(db: DatabaseSync): Users {
  const byId = db.prepare(`select ${COLUMNS} from user where id = ?`);
  const byName = db.prepare(`select ${COLUMNS} from user where name = ?`);
  const insert = db.prepare(
    'insert into user (id, name, display_name, salt, hash) values (?, ?, ?, ?, ?) on conflict (name) do nothing',
  );
  const nobody = hashOfNoPassword();

  return {
    async add({ name, displayName, password }, withTheirs) {
      const { salt, hash } = await hashPassword(password);
      const id = crypto.randomUUID();
      transact(db, () => {
        if (insert.run(id, name, displayName, salt, hash).changes === 1) withTheirs(id);
      });
    },
    isTaken: (name) => byName.get(name) !== undefined,
    find: (id) => withoutPassword(byId.get(id) as UserRow | undefined),
    async authenticate(name, password) {
      const row = byName.get(name) as UserRow | undefined;
      return (await isPassword(password, row ?? nobody)) ? withoutPassword(row) : undefined;
    },
  };
}

function withoutPassword(row: UserRow | undefined): DemoUser | undefined {
  return row && { id: row.id, name: row.name, displayName: row.displayName };
}

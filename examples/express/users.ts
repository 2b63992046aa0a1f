import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

export interface User {
  readonly id: string;
  readonly name: string;
}

// OWASP's parameters for scrypt: 64 MiB, and a fraction of a second for each guess.
const COST = { N: 2 ** 16, r: 8, p: 2, maxmem: 128 * 1024 * 1024 };
const derive = promisify<string, Uint8Array, number, ScryptOptions, Buffer>(scrypt);

async function hash(password: string, salt: Uint8Array = randomBytes(16)) {
  return { salt, key: await derive(password.normalize('NFKC'), salt, 32, COST) };
}

/** Two users, in the place of your database. */
export async function createUsers() {
  const rows = [
    { id: '1', name: 'ada', ...(await hash('analytical engine')) },
    { id: '2', name: 'grace', ...(await hash('compiler compiler')) },
  ];
  const nobody = await hash(randomBytes(16).toString('hex'));

  return {
    find: (id: string) => withoutPassword(rows.find((row) => row.id === id)),
    /** Hashes a password for a name that nobody has as well: the time of the answer must not say who is a user. */
    async authenticate(name: string, password: string): Promise<User | undefined> {
      const row = rows.find((each) => each.name === name);
      const { salt, key } = row ?? nobody;
      const given = await hash(password, salt);
      return timingSafeEqual(given.key, key) ? withoutPassword(row) : undefined;
    },
  };
}

function withoutPassword(row: User | undefined): User | undefined {
  return row && { id: row.id, name: row.name };
}

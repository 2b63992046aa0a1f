import { ada, grace } from '../accounts.ts';
import type { Notes } from './notes.ts';
import type { Users } from './users.ts';

/** The accounts of the demo, with something to read. */
export const demoUsers = [
  {
    ...ada,
    notes: ['Send Mr Babbage the table of Bernoulli numbers.', 'Ask whether the Engine might compose music.'],
  },
  {
    ...grace,
    notes: ['Tape the moth into the log book.', 'Cut more wire: a nanosecond is 11.8 inches.'],
  },
] as const;

/** Puts the demo's users, with something to read, into a database that does not have them; two processes may do so at once. */
export async function seed(users: Users, notes: Notes): Promise<void> {
  for (const { notes: texts, ...user } of demoUsers) {
    if (users.isTaken(user.name)) continue;
    await users.add(user, (id) => {
      for (const text of texts) notes.add(id, text);
    });
  }
}

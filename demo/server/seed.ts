import type { Notes } from './notes.ts';
import type { Users } from './users.ts';

/** Two, so that a change of user can be tried. Their passwords are no secret: the demo answers on loopback only. */
export const demoUsers = [
  {
    name: 'ada',
    displayName: 'Ada Lovelace',
    password: 'difference-engine',
    notes: ['Send Mr Babbage the table of Bernoulli numbers.', 'Ask whether the Engine might compose music.'],
  },
  {
    name: 'grace',
    displayName: 'Grace Hopper',
    password: 'eleven-inches',
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

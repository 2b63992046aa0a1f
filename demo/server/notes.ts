import type { DatabaseSync } from 'node:sqlite';

interface Note {
  readonly id: number;
  readonly text: string;
  /** Epoch ms. */
  readonly createdAt: number;
}

export interface Notes {
  /** The newest first, at most 50. */
  list(userId: string): readonly Note[];
  add(userId: string, text: string): Note;
}

const COLUMNS = 'id, text, created_at as createdAt';

export function createNotes(db: DatabaseSync, now: () => number): Notes {
  const select = db.prepare(`select ${COLUMNS} from note where user_id = ? order by id desc limit 50`);
  const insert = db.prepare(`insert into note (user_id, text, created_at) values (?, ?, ?) returning ${COLUMNS}`);
  return {
    list: (userId) => select.all(userId) as unknown as Note[],
    add: (userId, text) => insert.get(userId, text, now()) as unknown as Note,
  };
}

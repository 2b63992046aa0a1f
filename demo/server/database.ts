import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SCHEMA = `
  create table if not exists user (
    id text primary key, name text not null unique collate nocase, display_name text not null,
    salt blob not null, hash blob not null
  ) strict;
  create table if not exists note (
    id integer primary key, user_id text not null, text text not null, created_at integer not null
  ) strict;
  create index if not exists note_by_user on note (user_id);
  create table if not exists report (
    id integer primary key, user_id text not null, title text not null, happened_on text not null,
    severity text not null, description text not null, attachment_name text, attachment blob,
    created_at integer not null
  ) strict;
  create index if not exists report_by_user on report (user_id);
  create table if not exists secret (name text primary key, value blob not null) strict;
`;

/** Opens the demo's database; a file is created where there is none, its folder and tables too. */
export function openDatabase(file: string): DatabaseSync {
  if (file !== ':memory:') keepToOwner(file);
  const db = new DatabaseSync(file);
  db.exec('pragma busy_timeout = 2000');
  transact(db, () => db.exec(SCHEMA));
  return db;
}

/** All of what `change` does, or nothing: not even a process that starts at the same time sees a half of it. */
export function transact(db: DatabaseSync, change: () => void): void {
  // Immediate: a transaction that reads first could not wait for another one's end.
  db.exec('begin immediate');
  try {
    change();
    db.exec('commit');
  } catch (error) {
    db.exec('rollback');
    throw error;
  }
}

// The signing key lies in there: nobody else on this machine is to read it, nor what SQLite puts beside it, which gets the
// same rights. Before it is opened, so that there is no moment in which it could be read.
function keepToOwner(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
}

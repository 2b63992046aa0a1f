import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SCHEMA = `
  create table if not exists user (
    id text primary key, name text not null unique collate nocase, display_name text not null,
    salt blob not null, hash blob not null
  ) strict;
  create table if not exists family (
    sid text primary key, user_id text not null, version integer not null, expires_at integer not null,
    record text not null
  ) strict;
  create index if not exists family_by_user on family (user_id);
  create table if not exists note (
    id integer primary key, user_id text not null, text text not null, created_at integer not null
  ) strict;
  create index if not exists note_by_user on note (user_id);
  create table if not exists secret (name text primary key, value blob not null) strict;
`;

export function openDatabase(file: string): DatabaseSync {
  // The signing key lies in there: nobody else on this machine is to read it.
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(file);
  db.exec(`pragma busy_timeout = 2000; ${SCHEMA}`);
  return db;
}

import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase, transact } from '../../../demo/server/database.ts';
import { createNotes } from '../../../demo/server/notes.ts';
import { loadSecrets } from '../../../demo/server/secrets.ts';
import { seed } from '../../../demo/server/seed.ts';
import { createUsers } from '../../../demo/server/users.ts';

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'silent-refresh-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'data', 'demo.sqlite');
}

function open(file: string): ReturnType<typeof openDatabase> {
  const db = openDatabase(file);
  onTestFinished(() => db.close());
  return db;
}

const modeOf = (file: string): number => statSync(file).mode & 0o777;

describe('the database of the demo', () => {
  it('is for its owner alone, whatever rights an older one had', () => {
    const file = newFile();
    open(file);
    expect([modeOf(file), modeOf(join(file, '..'))]).toEqual([0o600, 0o700]);
    const older = join(file, '..', 'older.sqlite');
    writeFileSync(older, '');
    chmodSync(older, 0o644);
    open(older);
    expect(modeOf(older)).toBe(0o600);
  });

  it('undoes all of a change that fails', () => {
    const db = open(':memory:');
    expect(() =>
      transact(db, () => {
        db.exec("insert into secret (name, value) values ('a', x'00')");
        throw new Error('crash');
      }),
    ).toThrow('crash');
    expect(db.prepare('select count(*) as n from secret').get()).toEqual({ n: 0 });
  });

  it('gives the same secrets to processes that start for the first time at once', async () => {
    const file = newFile();
    const [one, two] = await Promise.all([loadSecrets(open(file)), loadSecrets(open(file))]);
    expect(one.refreshSecret).toEqual(two.refreshSecret);
    const { current } = one.keys;
    const { current: other } = two.keys;
    if (!('privateKey' in current && 'privateKey' in other)) throw new Error('not a pair');
    const sha = { name: 'ECDSA', hash: 'SHA-256' };
    const text = new TextEncoder().encode('text');
    const signature = await crypto.subtle.sign(sha, current.privateKey as CryptoKey, text);
    expect(await crypto.subtle.verify(sha, other.publicKey as CryptoKey, signature, text)).toBe(true);
    expect((await loadSecrets(open(file))).refreshSecret).toEqual(one.refreshSecret);
  });

  it('gets each user once, with their notes, from processes that start for the first time at once', {
    timeout: 30_000,
  }, async () => {
    const file = newFile();
    const dbs = [open(file), open(file)];
    await Promise.all(
      dbs.map(async (db) =>
        seed(
          createUsers(db),
          createNotes(db, () => 0),
        ),
      ),
    );
    const counted = 'select name, (select count(*) from note where user_id = user.id) as notes from user order by name';
    expect(open(file).prepare(counted).all()).toEqual([
      { name: 'ada', notes: 2 },
      { name: 'grace', notes: 2 },
    ]);
  });
});

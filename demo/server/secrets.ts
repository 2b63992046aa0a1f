import type { DatabaseSync } from 'node:sqlite';
import type { SigningKeys } from '../../src/server/index.ts';
import { transact } from './database.ts';

const ES256 = { name: 'ECDSA', namedCurve: 'P-256' };

/**
 * The authority's secrets: made at the first start and kept, so that a restart signs nobody out.
 *
 * Of two processes that start for the first time at once, both use what the faster one made.
 */
export async function loadSecrets(db: DatabaseSync): Promise<{ keys: SigningKeys; refreshSecret: Uint8Array }> {
  const select = db.prepare('select value from secret where name = ?');
  const kept = (name: string) => (select.get(name) as { value: Uint8Array<ArrayBuffer> } | undefined)?.value;

  if (kept('refresh') === undefined || kept('signing-private') === undefined) {
    const made = await makeSecrets();
    const insert = db.prepare('insert into secret (name, value) values (?, ?) on conflict do nothing');
    transact(db, () => {
      insert.run('refresh', made.refreshSecret);
      // The halves of one pair, or none of them.
      if (insert.run('signing-private', made.privateKey).changes === 1) insert.run('signing-public', made.publicKey);
    });
  }
  const privateKey = await importKey('pkcs8', kept('signing-private'), 'sign');
  const publicKey = await importKey('spki', kept('signing-public'), 'verify');
  return {
    keys: { current: { kid: 'demo-1', alg: 'ES256', privateKey, publicKey } },
    refreshSecret: kept('refresh') ?? missing(),
  };
}

async function makeSecrets(): Promise<Record<'refreshSecret' | 'privateKey' | 'publicKey', Uint8Array>> {
  const { subtle } = crypto;
  const { privateKey, publicKey } = await subtle.generateKey(ES256, true, ['sign', 'verify']);
  return {
    refreshSecret: crypto.getRandomValues(new Uint8Array(32)),
    privateKey: new Uint8Array(await subtle.exportKey('pkcs8', privateKey)),
    publicKey: new Uint8Array(await subtle.exportKey('spki', publicKey)),
  };
}

function importKey(
  format: 'pkcs8' | 'spki',
  bytes: Uint8Array<ArrayBuffer> | undefined,
  usage: 'sign' | 'verify',
): Promise<CryptoKey> {
  return crypto.subtle.importKey(format, bytes ?? missing(), ES256, false, [usage]);
}

function missing(): never {
  throw new Error('The demo database lacks a secret: delete demo/data and start again.');
}

import { describe, expect, it } from 'vitest';
import {
  type Comparison,
  compareIdentities,
  compareWithRecord,
  type Identity,
  identityHash,
  learn,
} from '../../../src/session/identity.ts';

describe('two identities', () => {
  it.each<[string, Identity, Identity, Comparison]>([
    ['of one user', { id: 'ann' }, { id: 'ann' }, 'same'],
    ['of one user, in two sessions', { id: 'ann', sid: '1' }, { id: 'ann', sid: '2' }, 'same'],
    ['of two users', { id: 'ann' }, { id: 'bob' }, 'other'],
    ['of two users, in one session', { id: 'ann', sid: '1' }, { id: 'bob', sid: '1' }, 'other'],
    ['of one user, in two organisations (C-5)', { id: 'ann', org: 'x' }, { id: 'ann', org: 'y' }, 'other'],
    ['of one user, in an organisation and in none (C-5)', { id: 'ann' }, { id: 'ann', org: 'y' }, 'other'],
    ['of two organisations, and of nobody that is named (C-5)', { org: 'x' }, { org: 'y' }, 'other'],
    ['of two organisations, in one session (C-5)', { org: 'x', sid: '1' }, { org: 'y', sid: '1' }, 'other'],
    ['of which one names nobody (C-7)', {}, { id: 'ann' }, 'unknown'],
    ['of which one names nobody, in one session (C-7)', { sid: '1' }, { id: 'ann', sid: '1' }, 'same'],
    ['of which one names nobody, in two sessions', { sid: '1' }, { id: 'ann', sid: '2' }, 'other'],
    ['of which one names a session alone', { sid: '1' }, {}, 'unknown'],
    ['that name nothing', {}, {}, 'unknown'],
  ])('%s: %o and %o are %s', (_, a, b, is) => {
    expect([compareIdentities(a, b), compareIdentities(b, a)]).toEqual([is, is]);
  });
});

describe('what is known of a user', () => {
  it.each<[string, Identity, Identity, Identity]>([
    ['is what an answer adds (C-7)', { sid: '1' }, { id: 'ann', sid: '1' }, { id: 'ann', sid: '1' }],
    ['stays where an answer leaves it out', { id: 'ann', org: 'x', sid: '1' }, {}, { id: 'ann', org: 'x', sid: '1' }],
    ['has the organisation that goes with the name', { org: 'x' }, { id: 'ann' }, { id: 'ann' }],
  ])('%s', (_, before, after, known) => {
    expect(learn(before, after)).toEqual(known);
  });
});

describe('the hash of a user in the record', () => {
  const hashes = (...users: Identity[]) => users.map((user) => identityHash(user, 'salt'));

  it('is another one for another user, another organisation and another salt (C-10)', () => {
    const found = hashes(
      { id: 'ann' },
      { id: 'bob' },
      { id: 'ann', org: 'x' },
      { id: 'ann', org: 'y' },
      { id: 'annx' },
    );
    expect(new Set([...found, identityHash({ id: 'ann' }, 'pepper')]).size).toBe(6);
  });

  it('is the same for the same user, whatever the session (C-10)', () => {
    expect(new Set(hashes({ id: 'ann', sid: '1' }, { id: 'ann', sid: '2' })).size).toBe(1);
  });

  it('is short, says nothing, and is none for a user whom nobody names (C-10)', () => {
    expect(hashes({ id: 'a very long name of somebody' })[0]).toMatch(/^[0-9a-z]{1,7}$/);
    expect(hashes({ sid: '1' })).toEqual([undefined]);
  });

  it('is the same for two of ten thousand users as seldom as chance has it', () => {
    const found = Array.from({ length: 10_000 }, (_, id) => identityHash({ id: String(id) }, 'salt'));
    expect(new Set(found).size).toBeGreaterThan(9998);
  });
});

describe('a user and the one whom the record shows', () => {
  const hash = identityHash({ id: 'ann' }, 'salt');

  it.each<[string, { hash?: string | undefined; sid?: string }, Identity, Comparison]>([
    ['have one hash', { hash, sid: '1' }, { id: 'ann', sid: '2' }, 'same'],
    ['have two hashes', { hash, sid: '1' }, { id: 'bob', sid: '1' }, 'other'],
    ['have one session, and one is not named', { hash, sid: '1' }, { sid: '1' }, 'same'],
    ['have two sessions, and one is not named', { sid: '1' }, { id: 'ann', sid: '2' }, 'other'],
    ['have nothing that could be compared', { hash }, { sid: '1' }, 'unknown'],
  ])('%s: %s', (_, recorded, user, is) => {
    expect(compareWithRecord({ salt: 'salt', ...recorded }, user)).toBe(is);
  });
});

import { afterEach, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../../demo/server/database.ts';
import { isPassword } from '../../../demo/server/password.ts';
import { createUsers } from '../../../demo/server/users.ts';

vi.mock(import('../../../demo/server/password.ts'), async (original) => {
  const actual = await original();
  return { ...actual, isPassword: vi.fn(actual.isPassword) };
});

afterEach(() => vi.clearAllMocks());

describe("the demo's users", () => {
  it('AUTH-1 cost one look at a password each, whether there is one of that name or not', async () => {
    const db = openDatabase(':memory:');
    const users = createUsers(db);
    await users.add({ name: 'ada', displayName: 'Ada', password: 'right' }, () => undefined);
    const kinds: unknown[] = [];
    for (const name of ['ada', 'nobody']) {
      expect(await users.authenticate(name, 'wrong')).toBeUndefined();
      const [[, hash] = []] = vi.mocked(isPassword).mock.calls.splice(0);
      kinds.push([hash?.salt.length, hash?.hash.length]);
    }
    expect(kinds).toEqual([
      [16, 32],
      [16, 32],
    ]);
    db.close();
  });
});

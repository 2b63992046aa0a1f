import type { AuthorityOptions } from '../../../src/server/index.ts';

export interface TestUser {
  readonly id: string;
  readonly name: string;
}

/** Ann, Bob and whoever else, all with the password `right`; the other passwords are answered in other ways. */
export const users: Pick<AuthorityOptions<TestUser>, 'verifyCredentials' | 'userId' | 'loadUser' | 'profile'> = {
  verifyCredentials: (credentials) => {
    const { name, password } = credentials as { readonly name: string; readonly password: string };
    if (password === 'right') return { id: `id-${name}`, name };
    if (password === '') {
      return Response.json({ error: 'invalid', fields: { password: 'Missing.' } }, { status: 422 });
    }
    if (password === 'again') {
      return Response.json({ error: 'too_many_attempts' }, { status: 429, headers: { 'Retry-After': '30' } });
    }
    return Response.json({ error: 'invalid_credentials' }, { status: 401 });
  },
  userId: ({ id }) => id,
  loadUser: (id) => ({ id, name: id.slice('id-'.length) }),
  profile: ({ name }) => ({ name }),
};

import { type Authority, createAuthority, generateSigningKeys } from 'silent-refresh/server';

export interface User {
  readonly id: string;
  readonly name: string;
}

// Your database.
const users: readonly User[] = [
  { id: '1', name: 'Ada' },
  { id: '2', name: 'Grace' },
];
export const findUser = (id: string): User | undefined => users.find((user) => user.id === id);

/** Where the pages are, as the address bar shows it: the URL of a request in Next is what Next was started with. */
export const origin = process.env.APP_ORIGIN ?? 'http://localhost:3000';

async function create(): Promise<Authority<User>> {
  return createAuthority<User>({
    issuer: origin,
    audience: origin,
    origin,
    // Both from your secret store in production, and a `store`: or a restart signs everybody out.
    keys: await generateSigningKeys(),
    refreshSecret: crypto.getRandomValues(new Uint8Array(32)),
    cookie: { profile: origin.startsWith('https:') ? 'host' : 'dev' },
    verifyCredentials(credentials) {
      const { name, password } = Object(credentials) as { name?: unknown; password?: unknown };
      return password === 'secret' ? users.find((user) => user.name === name) : undefined;
    },
    userId: (user) => user.id,
    loadUser: findUser,
    profile: ({ name }) => ({ name }),
  });
}

// Next bundles pages and route handlers apart, each with a copy of this module. What is global is one for all of them,
// and stays when a file changes in development.
const shared = globalThis as typeof globalThis & { authority?: Promise<Authority<User>> };
shared.authority ??= create();
export const authority: Authority<User> = await shared.authority;

import { createAuthClient, holdCalls } from 'silent-refresh';
import { createAuthHooks } from 'silent-refresh/react';

/** What the screens show of who is signed in. */
export interface DemoClaims {
  readonly sub: string;
  readonly sid: string;
  readonly name: string;
  readonly displayName: string;
}

export const auth = createAuthClient<DemoClaims>({
  // The buttons say for each call whether it is held.
  relogin: holdCalls({ byDefault: false }),
  parseClaims: ({ sub, sid }, { user }) => {
    const { name, displayName } = Object(user) as Record<string, unknown>;
    return { sub: text(sub), sid: text(sid), name: text(name), displayName: text(displayName) };
  },
});

export const { AuthProvider, useSession, useAuth, SignedIn } = createAuthHooks<typeof auth>();

const text = (value: unknown): string => {
  if (typeof value !== 'string') throw new Error('A claim is missing.');
  return value;
};

import { onTestFinished, vi } from 'vitest';
import type { AuthClient, DefaultClaims } from '../../src/index.ts';
import { type AppServerOptions, startAppServer } from './server.ts';

/** A file of a document, as a module of the page that was opened last: `docs/roles.md/auth.ts`. */
export const documented = <Module>(path: string): Promise<Module> => import(/* @vite-ignore */ `/${path}`);

export const recipe = <Module>(name: string): Promise<Module> => documented(`docs/recipes.md/${name}`);

/** Opens a page on a server of its own. What is loaded from now on is new, and has the client of `path` in common. */
export async function openPage<Claims = DefaultClaims>(options: AppServerOptions, path = 'docs/recipes.md/auth.ts') {
  const server = await startAppServer(options);
  (globalThis as unknown as { happyDOM: { setURL(url: string): void } }).happyDOM.setURL(server.origin);
  vi.resetModules();
  const { auth } = await documented<{ auth: AuthClient<Claims> }>(path);
  onTestFinished(async () => {
    await auth.signOut();
    server.close();
  });
  return {
    auth,
    server,
    signIn: (name: 'Ada' | 'Bob') => auth.signIn({ name }),
    /** The server ends Ada's session; the page does not know. */
    endSession: () => server.authority.endUserSessions('1'),
    /** Resolves when so many calls are held for a sign-in. */
    held: (count: number) =>
      vi.waitFor(() => {
        const session = auth.getSession();
        if (session.status !== 'relogin-required' || session.heldCalls !== count) {
          throw new Error(`${count} calls are held: ${JSON.stringify(session)}`);
        }
      }),
  };
}

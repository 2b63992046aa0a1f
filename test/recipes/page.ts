import { onTestFinished, vi } from 'vitest';
import type { AuthClient } from '../../src/index.ts';
import { type AppServerOptions, startAppServer } from './server.ts';

/** A file of docs/recipes.md, as a module of the page that was opened last. */
export const recipe = <Module>(name: string): Promise<Module> => import(/* @vite-ignore */ `/docs/recipes.md/${name}`);

/** Opens a page on a server of its own. Recipes that are loaded from now on are new, and have the same `auth`: that of `file`. */
export async function openPage(options: AppServerOptions, file = 'auth.ts') {
  const server = await startAppServer(options);
  (globalThis as unknown as { happyDOM: { setURL(url: string): void } }).happyDOM.setURL(server.origin);
  vi.resetModules();
  const { auth } = await recipe<{ auth: AuthClient }>(file);
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

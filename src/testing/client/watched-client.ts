import type { AuthClient } from '../../client/auth-client.ts';

/** A client whose end leaves nothing behind. */
export interface WatchedClient<Claims> {
  readonly client: AuthClient<Claims>;
  /** Ends it, and says in words what the test should have ended itself. */
  end(): string[];
}

/** Counts the starts of a client. `cut` ends its time and its network. */
export function watchClient<Claims>(client: AuthClient<Claims>, cut: () => void, name: string): WatchedClient<Claims> {
  const running = new Set<() => void>();

  const start = () => {
    const stop = client.start();
    running.add(stop);
    return () => {
      running.delete(stop);
      stop();
    };
  };

  return {
    client: { ...client, start },
    end: () => {
      const session = client.getSession();
      const left: string[] = [];
      if (running.size > 0) left.push(`${name} was started and never stopped. ${UNMOUNT}`);
      if (session.status === 'relogin-required' && session.heldCalls > 0) left.push(held(session.heldCalls));
      cut();
      // Who still listens to a session that has to be signed in again hears that it is over.
      if (session.status === 'relogin-required') void client.signOut();
      for (const stop of running) stop();
      return left;
    },
  };
}

const UNMOUNT =
  'Unmount what shows it before reset(), with cleanup() of Testing Library for example; or call the function that start() has returned.';

function held(count: number): string {
  return `The session has ended, and ${count === 1 ? 'a call is' : `${count} calls are`} held for a sign-in that never came. Show a sign-in form while \`session.status\` is 'relogin-required', and let the test sign in or out.`;
}

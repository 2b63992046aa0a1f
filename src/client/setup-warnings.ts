import type { PageInfo } from '../platform/platform.ts';
import { isSafe } from '../requests/origins.ts';
import type { AuthEvent } from '../session/events.ts';

// The development build has these warnings; the production build has `no-setup-warnings.ts` in their place.

interface SetupWarningsParts {
  readonly page: Pick<PageInfo, 'origin'>;
  onEvent(listener: (event: AuthEvent) => void): unknown;
  warn(message: string): void;
}

/** Says on the console, once each, what is set up in a way that cannot work or is not safe. Returns what to call at start. */
export function createSetupWarnings({ page, onEvent, warn }: SetupWarningsParts): () => void {
  const warned = new Set<string>();
  const warnOnce = (message: string) => {
    if (warned.has(message)) return;
    warned.add(message);
    warn(`[silent-refresh] ${message}`);
  };

  onEvent((event) => {
    if (event.type !== 'refresh-failed' || event.problem.kind !== 'redirected') return;
    warnOnce(
      'The refresh endpoint answers with a redirect, which is not followed, so no token can be had. Usually a server sends ' +
        'signed-out visitors to its sign-in page: have it answer this path with 401 or 204. Or `endpoints.refresh` is not ' +
        'its address: check http against https, and the slash at its end.',
    );
  });

  return () => {
    const origin = page.origin();
    if (origin === undefined || !origin.startsWith('http:') || isSafe(new URL(origin))) return;
    warnOnce(
      'This page was loaded over plain http, so anyone on the network can read the access token and the cookie. The token ' +
        'is sent to the page’s own origin all the same. Use https wherever this page is not only for development.',
    );
  };
}

import type { PageInfo } from '../../platform/platform.ts';
import { isSafe } from '../../requests/origins.ts';
import type { Warnings } from './warnings.ts';

interface StartWatchParts {
  readonly page: Pick<PageInfo, 'origin' | 'global'>;
  /** The default name of the session, by its refresh endpoint; `undefined` if the app has named it. */
  readonly defaultName: (() => string) | undefined;
  readonly warnings: Warnings;
}

/**
 * Names of the sessions whose clients are started in this page, once for each client: kept where every copy
 * of the package finds it.
 */
const STARTED_KEY = Symbol.for('silent-refresh.started');

/** Looks at the client when it is started. Returns what to call when it is stopped. */
export function createStartWatch({ page, defaultName, warnings }: StartWatchParts): () => () => void {
  const checkOrigin = () => {
    const origin = page.origin();
    if (origin === undefined || !origin.startsWith('http:') || isSafe(new URL(origin))) return;
    warnings.warn(
      'a-page-over-plain-http',
      'This page was loaded over plain http, so anyone on the network can read the access token and the cookie. The token ' +
        'is sent to the page’s own origin all the same. Use https wherever this page is not only for development.',
    );
  };

  return () => {
    checkOrigin();
    if (defaultName === undefined) return () => {};
    const name = defaultName();
    const shared = page.global() as { [STARTED_KEY]?: string[] };
    shared[STARTED_KEY] ??= [];
    const started = shared[STARTED_KEY];
    if (started.includes(name)) {
      warnings.warn(
        'two-clients-for-one-session',
        'Two clients for the same refresh endpoint are started in this page. Usually a component creates its client while it ' +
          'renders: create it once, outside of any component. Two copies of the package do the same. If you need two clients, ' +
          'give them a `sessionName`.',
      );
    }
    started.push(name);
    return () => void started.splice(started.indexOf(name), 1);
  };
}

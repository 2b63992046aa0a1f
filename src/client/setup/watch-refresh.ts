import type { RefreshProblem } from '../../session/session.ts';
import type { Warnings } from './warnings.ts';

/** Statuses of an endpoint that is not there, or is not what was asked for. */
const MISPLACED = new Set<number | undefined>([404, 405, 406, 410, 415]);

/** Looks at refreshes that have failed for a reason that trying again will not mend. */
export function createRefreshWatch(warnings: Warnings, unreached: () => void): (problem: RefreshProblem) => void {
  return ({ kind, status }) => {
    if (kind === 'network') return unreached();
    if (kind === 'redirected') {
      return warnings.warn(
        'loading-for-ever',
        'The refresh endpoint answers with a redirect, which is not followed, so there is no token. Usually a server sends ' +
          'signed-out visitors to its sign-in page: have it answer this path with 401 or 204. Or `endpoints.refresh` is not ' +
          'its address: check for https instead of http, and for a slash at the end.',
      );
    }
    if (kind === 'malformed') {
      return warnings.warn(
        'an-answer-without-a-token',
        'The refresh endpoint answers with something that is no token response. If it is a page of HTML, the request did not ' +
          'get to your auth server: dev servers and hosts of single-page apps answer every address with index.html, so have ' +
          'them pass this one on, or set `endpoints.refresh`. If it is JSON, set `readTokens`.',
      );
    }
    if (status === 403) {
      return warnings.warn(
        'a-page-that-is-refused',
        'The refresh endpoint answers 403, which does not say that the session is over, so the client keeps trying. Usually the ' +
          'server takes this page for a foreign origin, because a proxy changes the Host header: set `changeOrigin: false` in ' +
          "the proxy, or the authority's `origin` to what the address bar shows. The body of the answer may say more. If it is " +
          'how your server says that the session is over, set `classifyRefresh`.',
      );
    }
    if (MISPLACED.has(status)) {
      warnings.warn(
        'an-endpoint-that-is-elsewhere',
        `The refresh endpoint answers ${status}, as a wrong address does. If this page comes from a dev server such as Vite's, ` +
          'its proxy has to pass the path on to your server. Otherwise, is `endpoints.refresh` right? It has to be the whole ' +
          'path, with any prefix, and to take POST.',
      );
    }
  };
}

import type { Ask, Endpoint } from './ask.ts';
import type { TakeTurn } from './turns.ts';

/** Without the session's name, a sign-out waits this long for a refresh under way, so that it meets the cookie that is left. */
const turnWaitMs = 2000;

/**
 * What came of a sign-out: the server has confirmed it; it cannot be confirmed, since there is no such endpoint; or it is
 * unknown, and worth another try.
 */
export interface SignOutAnswer {
  readonly is: 'confirmed' | 'impossible' | 'unknown';
  readonly headers?: Headers;
}

const missing = new Set([404, 405, 410, 501]);

/**
 * Asks the server to end a session: at once where its `sid` is known, and in such a way that the request outlives the page.
 * Never rejects; settles when the server does.
 *
 * Without a `sid` it ends whatever session the cookie is of when its turn comes: it is not sent if it is not `isWanted` then,
 * since somebody may have signed in while it waited.
 */
export const askToSignOut = (
  ask: Ask,
  endpoint: Endpoint,
  takeTurn: TakeTurn,
  sid: string | undefined,
  isWanted: () => boolean,
): Promise<SignOutAnswer> => {
  const exchange = async (): Promise<SignOutAnswer> => {
    if (sid === undefined && !isWanted()) return { is: 'unknown' };
    const response = await ask(endpoint, {
      name: 'signOut',
      body: sid === undefined ? undefined : JSON.stringify({ sid }),
      contentType: sid === undefined ? undefined : 'application/json',
      keepalive: true,
    });
    await response.body?.cancel();
    const { ok, status, type, headers } = response;
    if (ok || status === 401 || type === 'opaqueredirect') return { is: 'confirmed' };
    return missing.has(status) ? { is: 'impossible' } : { is: 'unknown', headers };
  };
  return takeTurn(exchange, sid === undefined ? turnWaitMs : 0).catch(() => ({ is: 'unknown' }) as const);
};

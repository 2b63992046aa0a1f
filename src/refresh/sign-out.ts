import type { Platform } from '../platform/platform.ts';
import type { Ask, Endpoint } from './ask.ts';
import type { TakeTurn } from './turns.ts';

/** Without the session's name, a sign-out waits this long for a refresh under way, so that it meets the cookie that is left. */
const turnWaitMs = 2000;

/**
 * Asks the server to end a session, once: at once where its `sid` is known, and in such a way that the request outlives the
 * page. Says whether the server has confirmed it; never rejects, and gives up waiting after `timeoutMs`.
 */
export const askToSignOut = (
  platform: Platform,
  ask: Ask,
  endpoint: Endpoint,
  takeTurn: TakeTurn,
  sid: string | undefined,
  timeoutMs: number,
): Promise<boolean> => {
  const exchange = async () => {
    const response = await ask(endpoint, {
      body: sid === undefined ? undefined : JSON.stringify({ sid }),
      contentType: sid === undefined ? undefined : 'application/json',
      keepalive: true,
    });
    await response.body?.cancel();
    return response.ok || response.status === 401;
  };
  return new Promise((resolve) => {
    const cancel = platform.clock.setTimer(() => resolve(false), timeoutMs);
    void takeTurn(exchange, sid === undefined ? turnWaitMs : 0)
      .catch(() => false)
      .then((confirmed) => {
        cancel();
        resolve(confirmed);
      });
  });
};

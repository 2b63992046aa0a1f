import type { SendAuthRequest } from './auth-request.ts';
import { interceptionOf, readBody } from './classify-response.ts';
import type { Endpoint } from './endpoint.ts';

/** Runs a request when the one before it is over, or after `waitMs`. */
type Enqueue = <T>(request: () => Promise<T>, waitMs: number) => Promise<T>;

/** Without the session's name, a sign-out waits this long for a refresh under way, so that it meets the cookie that is left. */
const turnWaitMs = 2000;

/**
 * What came of a sign-out:
 *
 * - `confirmed`: the server has ended the session. `body`: its JSON, where there is any;
 * - `refused`: it will not, for all that can be told;
 * - `doubtful`: somebody else may have answered, so a refresh has to tell whether the session has ended;
 * - `unknown`: worth another try.
 */
export interface SignOutAnswer {
  readonly is: 'confirmed' | 'refused' | 'doubtful' | 'unknown';
  readonly status?: number;
  readonly headers?: Headers;
  readonly body?: unknown;
}

/** Statuses of a request that the server, or what stands before it, does not want, now or later. */
const refusals = new Set([400, 403, 404, 405, 410, 431, 501]);

export const isRefusal = ({ status = 0 }: SignOutAnswer): boolean => refusals.has(status);

/**
 * Asks the server to end a session: at once where its `sid` is known, and in such a way that the request outlives the page.
 * Never rejects; settles when the server does.
 *
 * Without a `sid` it ends whatever session the cookie is of when its turn comes: it is not sent unless it `isDemanded` then,
 * since somebody may have signed in while it waited.
 */
export const askToSignOut = (
  ask: SendAuthRequest,
  endpoint: Endpoint,
  enqueue: Enqueue,
  sid: string | undefined,
  isDemanded: () => boolean,
): Promise<SignOutAnswer> => {
  const exchange = async (): Promise<SignOutAnswer> => {
    if (sid === undefined && !isDemanded()) return { is: 'unknown' };
    const response = await ask(endpoint, {
      name: 'signOut',
      body: sid === undefined ? undefined : JSON.stringify({ sid }),
      contentType: sid === undefined ? undefined : 'application/json',
      keepalive: true,
    });
    return judgeSignOut(response);
  };
  return enqueue(exchange, sid === undefined ? turnWaitMs : 0).catch(() => ({ is: 'unknown' }) as const);
};

const judgeSignOut = async (response: Response): Promise<SignOutAnswer> => {
  const { ok, status, headers } = response;
  // Who has answered a redirect is known without its body, which browsers hide.
  if (interceptionOf(response, '') === 'redirect') return { is: 'doubtful', status };
  const isFinal = ok || status === 401 || refusals.has(status);
  const type = headers.get('content-type');
  // Chromium gives a 204 an empty stream as its body.
  const isEmpty = status === 204 || response.body === null || headers.get('content-length') === '0';
  // What has no type is neither JSON nor, by its label, a page: it is not worth waiting for.
  if (!isFinal || isEmpty || type === null) await response.body?.cancel();
  if (!isFinal) return { is: 'unknown', headers };
  const body = isEmpty || type === null ? '' : await readBody(response);
  if (interceptionOf(response, body) !== undefined) return { is: 'doubtful', status };
  if (status === 401) return { is: 'confirmed' };
  if (!ok) return { is: 'refused', status };
  if (body === '') return mayBePage(type, isEmpty) ? { is: 'doubtful', status } : { is: 'confirmed' };
  const isJson = typeof body !== 'string' || /\bjson\b/i.test(String(type));
  return isJson ? { is: 'confirmed', body } : { is: 'doubtful', status };
};

/** Whether an answer whose body is empty, or was not read, may be a page: a network that answers for everybody sends such, too. */
const mayBePage = (type: string | null, isEmpty: boolean): boolean => (type === null ? !isEmpty : /html/i.test(type));

import { discard } from '../platform/bodies.ts';
import type { SendAuthRequest } from './auth-request.ts';
import { interceptionOf, readBody } from './classify-response.ts';
import type { Endpoint } from './endpoint.ts';

/** Runs a request when the one before it is over, or after `waitMs`. */
type Enqueue = <T>(request: () => Promise<T>, waitMs: number) => Promise<T>;

/**
 * Without a `sid`, a sign-out waits this long for a refresh under way, so that it is sent with the cookie
 * that remains.
 */
const SLOT_WAIT_MS = 2000;

/**
 * What came of a request to sign out:
 *
 * - `confirmed`: the server has ended the session. `body`: its JSON, if it sent any;
 * - `refused`: a status that will probably be the same next time;
 * - `doubtful`: something else may have answered, so a refresh has to show whether the session has ended;
 * - `unknown`: worth another try.
 */
export interface SignOutOutcome {
  readonly is: 'confirmed' | 'refused' | 'doubtful' | 'unknown';
  readonly status?: number;
  readonly headers?: Headers;
  readonly body?: unknown;
}

/** Statuses of a request that the server, or a proxy before it, will not take later either. */
const REFUSALS = new Set([400, 403, 404, 405, 410, 431, 501]);

export function isRefusal({ status = 0 }: SignOutOutcome): boolean {
  return REFUSALS.has(status);
}

/**
 * Asks the server to end a session: at once if its `sid` is known. The request outlives the page. Never
 * rejects; resolves when the server has responded.
 *
 * Without a `sid` it ends whichever session the cookie belongs to when it is sent. So it is only sent if it
 * `isDemanded` by then: somebody may have signed in while it waited.
 */
export function sendSignOut(
  sendAuthRequest: SendAuthRequest,
  endpoint: Endpoint,
  enqueue: Enqueue,
  sid: string | undefined,
  isDemanded: () => boolean,
): Promise<SignOutOutcome> {
  const request = async (): Promise<SignOutOutcome> => {
    if (sid === undefined && !isDemanded()) return { is: 'unknown' };
    const response = await sendAuthRequest(endpoint, {
      name: 'signOut',
      body: sid === undefined ? undefined : JSON.stringify({ sid }),
      keepalive: true,
    });
    return judgeSignOut(response);
  };
  return enqueue(request, sid === undefined ? SLOT_WAIT_MS : 0).catch(() => ({ is: 'unknown' }) as const);
}

async function judgeSignOut(response: Response): Promise<SignOutOutcome> {
  const { ok, status, headers } = response;
  // A redirect is recognised without its body, which browsers hide.
  if (interceptionOf(response, '') === 'redirect') return { is: 'doubtful', status };
  const isFinal = ok || status === 401 || REFUSALS.has(status);
  const type = headers.get('content-type');
  // Chromium gives a 204 an empty stream as its body.
  const isEmpty = status === 204 || response.body === null || headers.get('content-length') === '0';
  // Without a type it is neither JSON nor known to be a page: it is not worth waiting for.
  if (!isFinal || isEmpty || type === null) discard(response);
  if (!isFinal) return { is: 'unknown', headers };
  const body = isEmpty || type === null ? '' : await readBody(response);
  if (interceptionOf(response, body) !== undefined) return { is: 'doubtful', status };
  if (status === 401) return { is: 'confirmed' };
  if (!ok) return { is: 'refused', status };
  if (body === '') return mayBePage(type, isEmpty) ? { is: 'doubtful', status } : { is: 'confirmed' };
  const isJson = typeof body !== 'string' || /\bjson\b/i.test(String(type));
  return isJson ? { is: 'confirmed', body } : { is: 'doubtful', status };
}

/**
 * Whether a response whose body is empty, or was not read, may be a page: networks that answer every request
 * send such pages.
 */
function mayBePage(type: string | null, isEmpty: boolean): boolean {
  return type === null ? !isEmpty : /html/i.test(type);
}

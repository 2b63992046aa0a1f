import { createAuthRequest } from '../../../src/auth-server/auth-request.ts';
import { createRefresh, type RefreshParts } from '../../../src/auth-server/refresh.ts';
import type { SessionEvent } from '../../../src/session/events.ts';
import { INITIAL_STATE, type State } from '../../../src/session/state.ts';
import { judgeTicket } from '../../../src/session/ticket.ts';
import { createIdempotencyKeys } from '../../../src/tabs/record/idempotency-key.ts';
import { createRecord } from '../../../src/tabs/record/shared-session.ts';
import { createRequestQueue } from '../../../src/tabs/request-queue.ts';
import { createFakePlatform } from '../fake-platform.ts';

type Claims = Readonly<Record<string, unknown>>;
export type Answer = () => Response | Promise<Response>;

/** A page that refreshes, and a server that gives these answers one after the other, and then tokens. */
export const createRefreshScene = (
  answers: Answer[] = [],
  changes: Partial<RefreshParts<Claims>> = {},
  stored?: Map<string, string>,
) => {
  const sent: RequestInit[] = [];
  const platform = createFakePlatform(async (_, init = {}) => {
    sent.push(init);
    return (answers.shift() ?? (() => tokens()))();
  }, stored);
  const done: SessionEvent<Claims>[] = [];
  let state: State<Claims> = INITIAL_STATE;
  const enqueue = createRequestQueue(platform.clock, 60_000);
  const attempt = createRefresh<Claims>({
    platform,
    endpoint: '/auth/refresh',
    sendAuthRequest: createAuthRequest(platform, { client: 'X-Auth-Client', idempotencyKey: 'Idempotency-Key' }),
    enqueue: (attempt) => enqueue(() => attempt('at-once'), 3000),
    askOtherTabs: () => Promise.resolve(),
    mayBeInOtherTab: () => false,
    isDemanded: (ticket) => judgeTicket(state, ticket) === 'current',
    sending: () => {},
    reading: {
      parseClaims: (raw, response) => ({ ...raw, ...response }),
      userId: (_, { user }) => user as string,
      readTokens: undefined,
    },
    classify: undefined,
    keys: createIdempotencyKeys(createRecord(platform.storage, () => 'test').pendingKey, platform.uuid),
    state: () => state,
    done: (event) => done.push(event),
    ...changes,
  });
  return {
    platform,
    sent,
    done,
    enqueue,
    /** Begins an attempt. */
    refresh: (number = 1) => {
      state = { ...state, refresh: { ...state.refresh, attempt: number } };
      return attempt({ identityVersion: 0, attempt: number });
    },
    /** Changes the session meanwhile. */
    become: (next: Partial<State<Claims>>) => {
      state = { ...state, ...next };
    },
    /** The idempotency keys of what was sent. */
    keys: () => sent.map(({ headers }) => (headers as Record<string, string>)['Idempotency-Key']),
  };
};

/** A good answer. */
export const tokens = (more: object = {}): Response =>
  Response.json({ access_token: 'abc', expires_in: 60, user: 'ann', ...more });
/** The connection breaks. */
export const offline: Answer = () => Promise.reject(new TypeError('Failed to fetch'));
/** An answer without a body. */
export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  () =>
    new Response(null, { status: code, headers });

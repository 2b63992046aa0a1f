import { createAsk } from '../../../src/refresh/ask.ts';
import { createExchange, type ExchangeParts } from '../../../src/refresh/exchange.ts';
import { createTurns } from '../../../src/refresh/turns.ts';
import type { SessionEvent } from '../../../src/session/event.ts';
import { initialState, type State } from '../../../src/session/state.ts';
import { createExchangeKeys } from '../../../src/tabs/exchange-keys.ts';
import { createRecord } from '../../../src/tabs/record.ts';
import { createFakePlatform } from '../fake-platform.ts';

type Claims = Readonly<Record<string, unknown>>;
export type Answer = () => Response | Promise<Response>;

export const createFixture = (
  answers: Answer[] = [],
  changes: Partial<ExchangeParts<Claims>> = {},
  stored?: Map<string, string>,
) => {
  const sent: RequestInit[] = [];
  const platform = createFakePlatform(async (_, init = {}) => {
    sent.push(init);
    return (answers.shift() ?? (() => tokens()))();
  }, stored);
  const done: SessionEvent<Claims>[] = [];
  let state: State<Claims> = initialState;
  const takeTurn = createTurns(platform.clock, 60_000);
  const exchange = createExchange<Claims>({
    platform,
    endpoint: '/auth/refresh',
    ask: createAsk(platform, { client: 'X-Auth-Client', idempotencyKey: 'Idempotency-Key' }),
    takeTurn: (exchange) => takeTurn(() => exchange('at-once'), 3000),
    askSiblings: () => Promise.resolve(),
    mayBeElsewhere: () => false,
    isWanted: ({ epoch, exchange }) => state.epoch === epoch && state.exchanges === exchange,
    sending: () => {},
    reading: {
      parseClaims: (raw, response) => ({ ...raw, ...response }),
      userId: (_, { user }) => user as string,
      readTokens: undefined,
    },
    classify: undefined,
    keys: createExchangeKeys(createRecord(platform.storage, () => 'test').exchange, platform.uuid),
    state: () => state,
    done: (event) => done.push(event),
    ...changes,
  });
  return {
    platform,
    sent,
    done,
    takeTurn,
    refresh: (number = 1) => {
      state = { ...state, exchanges: number };
      return exchange({ epoch: 0, exchange: number });
    },
    become: (next: Partial<State<Claims>>) => {
      state = { ...state, ...next };
    },
    keys: () => sent.map(({ headers }) => (headers as Record<string, string>)['Idempotency-Key']),
  };
};

export const tokens = (more: object = {}): Response =>
  Response.json({ access_token: 'abc', expires_in: 60, user: 'ann', ...more });
export const offline: Answer = () => Promise.reject(new TypeError('Failed to fetch'));
export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  () =>
    new Response(null, { status: code, headers });

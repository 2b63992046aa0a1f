import type { Platform } from '../platform/platform.ts';
import type { SessionEvent } from '../session/event.ts';
import type { RefreshProblem } from '../session/session.ts';
import type { State } from '../session/state.ts';
import type { Ask, Endpoint } from './ask.ts';
import { backoffMs, retryAfterMs } from './backoff.ts';
import { grantOf, type Reading } from './grant.ts';
import { isObject } from './token-response.ts';
import type { TakeTurn } from './turns.ts';
import { type ClassifyRefresh, judge, readBody, type Verdict } from './verdict.ts';

/** How long an exchange waits for another with the same server to end. */
const turnWaitMs = 3000;

export interface ExchangeParts<Claims> {
  readonly platform: Platform;
  readonly endpoint: Endpoint;
  readonly ask: Ask;
  readonly takeTurn: TakeTurn;
  readonly reading: Reading<Claims>;
  readonly classify: ClassifyRefresh | undefined;
  /** The idempotency keys: the one to send now, and that its request was answered. */
  readonly keys: { use(wallAt: number): string; settled(key: string): void };
  readonly state: () => State<Claims>;
  readonly done: (event: SessionEvent<Claims>) => void;
}

/**
 * The refresh exchange: asks, judges, and reports what came of it, once. It is never aborted once it is sent, since its
 * answer sets the cookie, and it never throws.
 */
export const createExchange = <Claims>(parts: ExchangeParts<Claims>) => {
  const { platform, keys, state, reading } = parts;

  const failed = (
    id: Id,
    problem: Pick<RefreshProblem, 'kind' | 'status'>,
    headers?: Headers,
  ): SessionEvent<Claims> => {
    const mandatedMs = (headers && retryAfterMs(headers, platform.clock.now().wallAt)) ?? 0;
    const delayMs = Math.max(mandatedMs, backoffMs((state().failure?.count ?? 0) + 1, platform.random()));
    return { type: 'refresh-failed', ...id, problem, delayMs, mandatedMs };
  };

  const attempt = async (id: Id): Promise<SessionEvent<Claims>> => {
    const obtainedAt = platform.clock.now();
    const key = keys.use(obtainedAt.wallAt);
    let response: Response;
    let body: unknown;
    try {
      response = await parts.ask(parts.endpoint, { key, keepalive: true });
      body = await readBody(response);
    } catch {
      return failed(id, { kind: 'network' });
    }
    let verdict: Verdict;
    try {
      verdict = judge(response, body, parts.classify);
    } catch (error) {
      platform.report(error);
      return failed(id, { kind: 'status', status: response.status }, response.headers);
    }
    if (verdict.is === 'transient') return failed(id, verdict.problem, response.headers);
    if (verdict.is === 'rejected') {
      keys.settled(key);
      const { reason, error } = verdict;
      return { type: 'refresh-rejected', ...id, reason, status: response.status, error };
    }
    try {
      const before = state().epoch === id.epoch ? state().user : undefined;
      const grant = grantOf(verdict.body, obtainedAt, before, reading);
      keys.settled(key);
      return { type: 'refreshed', ...id, grant, jitter: platform.random() };
    } catch (error) {
      // A page of HTML is a network's doing; an object that cannot be read is a bug that somebody has to hear of.
      if (isObject(body)) platform.report(error);
      return failed(id, { kind: 'malformed' });
    }
  };

  /** A page that was restored begins anew. */
  const isStill = ({ epoch, exchange }: Id): boolean => state().epoch === epoch && state().exchanges === exchange;

  return async (id: Id): Promise<void> => {
    const event = await parts.takeTurn(
      // Somebody may have signed in or out while this waited for its turn: then there is nothing to ask any more.
      () => (isStill(id) ? attempt(id) : Promise.resolve(failed(id, { kind: 'network' }))),
      turnWaitMs,
    );
    parts.done(event);
  };
};

interface Id {
  readonly epoch: number;
  readonly exchange: number;
}

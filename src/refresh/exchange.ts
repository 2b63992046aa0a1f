import type { Platform } from '../platform/platform.ts';
import type { SessionEvent } from '../session/event.ts';
import type { Instant } from '../session/expiry.ts';
import type { RefreshProblem } from '../session/session.ts';
import type { State } from '../session/state.ts';
import type { Ask, Endpoint } from './ask.ts';
import { backoffMs, retryAfterMs } from './backoff.ts';
import { EndpointFault } from './endpoint-fault.ts';
import { grantOf, type Reading } from './grant.ts';
import { isObject } from './token-response.ts';
import { type ClassifyRefresh, judge, readBody, type Verdict } from './verdict.ts';

export interface ExchangeParts<Claims> {
  readonly platform: Platform;
  readonly endpoint: Endpoint;
  readonly ask: Ask;
  /** Runs an exchange when no other is under way: at once, after having waited for another page's, or giving up to wait. */
  takeTurn<T>(exchange: (turn: 'at-once' | 'waited' | 'unlocked') => Promise<T>): Promise<T>;
  /** Asks the other pages for a token, in a bounded time. */
  askSiblings(): Promise<void>;
  /** Whether another page may have a newer token for this one. */
  mayBeElsewhere(): boolean;
  /** Whether an exchange is still wanted: somebody may have signed in or out, another page refreshed, this one begun anew. */
  isWanted(id: Id): boolean;
  /** A request is sent. */
  sending(id: Id): void;
  readonly reading: Reading<Claims>;
  readonly classify: ClassifyRefresh | undefined;
  /** The idempotency keys: the one to send now, what came of it, and whether another page uses one. */
  readonly keys: {
    use(wallAt: number): string;
    end(key: string, how: 'answered' | 'unanswered' | 'unsent'): void;
    areUsedElsewhere(wallAt: number): boolean;
  };
  readonly state: () => State<Claims>;
  readonly done: (event: SessionEvent<Claims>) => void;
}

/**
 * The refresh exchange: asks, judges, and reports what came of it, once. It is never aborted once it is sent, since its
 * answer sets the cookie, and it never throws.
 */
export const createExchange = <Claims>(parts: ExchangeParts<Claims>) => {
  const { platform, keys, state, reading } = parts;
  const wallNow = () => platform.clock.now().wallAt;

  const failed = (
    id: Id,
    problem: Pick<RefreshProblem, 'kind' | 'status'>,
    headers?: Headers,
  ): SessionEvent<Claims> => {
    const mandatedMs = (headers && retryAfterMs(headers, platform.clock.now().wallAt)) ?? 0;
    const delayMs = Math.max(mandatedMs, backoffMs((state().failure?.count ?? 0) + 1, platform.random()));
    return { type: 'refresh-failed', ...id, problem, delayMs, mandatedMs };
  };

  /** Asks, and reads all of the answer; else says what kind of problem there is. */
  const attempt = async (id: Id): Promise<Asked> => {
    parts.sending(id);
    const obtainedAt = platform.clock.now();
    const key = keys.use(obtainedAt.wallAt);
    try {
      const response = await parts.ask(parts.endpoint, { name: 'refresh', key, keepalive: true });
      return { key, answer: { obtainedAt, response, body: await readBody(response) } };
    } catch (error) {
      return { key, answer: error instanceof EndpointFault ? 'malformed' : 'network' };
    }
  };

  /** What an answer comes to, and whether it counts: then its key is not needed any more. This runs the app's own functions. */
  const eventOf = (id: Id, answer: Asked['answer']): readonly [SessionEvent<Claims>, counts?: true] => {
    if (typeof answer === 'string') return [failed(id, { kind: answer })];
    const { obtainedAt, response, body } = answer;
    let verdict: Verdict;
    try {
      verdict = judge(response, body, parts.classify);
    } catch (error) {
      platform.report(error);
      return [failed(id, { kind: 'status', status: response.status }, response.headers)];
    }
    if (verdict.is === 'transient') return [failed(id, verdict.problem, response.headers)];
    if (verdict.is === 'rejected') {
      const { reason, error } = verdict;
      return [{ type: 'refresh-rejected', ...id, reason, status: response.status, error }, true];
    }
    try {
      const { epoch, user, unasked } = state();
      // Where another page has signed in, whoever is shown here may not be who the answer is about.
      const before = epoch === id.epoch && unasked !== 'due' ? user : undefined;
      const grant = grantOf(verdict.body, obtainedAt, before, reading);
      return [{ type: 'refreshed', ...id, grant, jitter: platform.random() }, true];
    } catch (error) {
      // A page of HTML is a network's doing; an object that cannot be read is a bug that somebody has to hear of.
      if (isObject(body)) platform.report(error);
      return [failed(id, { kind: 'malformed' })];
    }
  };

  /**
   * Many pages may come this far at once, and see what the others write milliseconds late. The key that has stood for a while
   * is everybody's; and the first of them to be done may spare the rest.
   */
  const agreeOnKey = async (): Promise<string> => {
    const key = keys.use(wallNow());
    await new Promise<void>((resolve) => {
      platform.clock.setTimer(resolve, settleMs + platform.random() * spreadMs);
    });
    return key;
  };

  return async (id: Id): Promise<void> => {
    const hasAsked = parts.mayBeElsewhere();
    if (hasAsked) await parts.askSiblings();
    const spared: SessionEvent<Claims> = { type: 'refresh-spared', ...id };
    if (!parts.isWanted(id)) return parts.done(spared);
    let agreedOn: string | undefined;
    const asked = await parts.takeTurn(async (turn) => {
      if (turn === 'unlocked' && parts.isWanted(id)) agreedOn = await agreeOnKey();
      // Where the turn came at once, the token of the page before may still be on its way, and what it wrote be seen only now.
      const mayCome = turn !== 'at-once' || (!hasAsked && (keys.areUsedElsewhere(wallNow()) || parts.mayBeElsewhere()));
      if (mayCome && parts.isWanted(id)) await parts.askSiblings();
      return parts.isWanted(id) ? attempt(id) : undefined;
    });
    const [event, counts] = asked === undefined ? ([spared] as const) : eventOf(id, asked.answer);
    parts.done(event);
    // Now that the others were told: until then they know by the key that an answer is on its way.
    if (asked !== undefined) keys.end(asked.key, counts ? 'answered' : 'unanswered');
    if (agreedOn !== undefined) keys.end(agreedOn, 'unsent');
  };
};

/** A request that was sent: its idempotency key, and its answer, or the kind of problem where it got none. */
interface Asked {
  readonly key: string;
  readonly answer: Answer | 'network' | 'malformed';
}

/** An answer, read, and not judged yet. */
interface Answer {
  /** Just before it was asked for. */
  readonly obtainedAt: Instant;
  readonly response: Response;
  readonly body: unknown;
}

/** Longer than a page sees another's writing late. */
const settleMs = 100;

const spreadMs = 400;

/** Which exchange it is: of that epoch, and with that number. */
export interface Id {
  readonly epoch: number;
  readonly exchange: number;
}

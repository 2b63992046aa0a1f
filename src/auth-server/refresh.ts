import type { Platform } from '../platform/platform.ts';
import type { SessionEvent } from '../session/events.ts';
import type { RefreshProblem } from '../session/session.ts';
import type { State } from '../session/state.ts';
import type { Instant } from '../session/time.ts';
import type { Endpoint, SendAuthRequest } from './auth-request.ts';
import { backoffMs, retryAfterMs } from './backoff.ts';
import { EndpointFault } from './endpoint-fault.ts';
import { type ClassifyRefresh, judge, readBody, type Verdict } from './refresh-response.ts';
import { isObject } from './token-response.ts';
import { readTokenSet, type TokenReading } from './token-set.ts';

export interface RefreshParts<Claims> {
  readonly platform: Platform;
  readonly endpoint: Endpoint;
  readonly ask: SendAuthRequest;
  /** Runs an exchange when no other is under way: at once, after having waited for another page's, or giving up to wait. */
  enqueue<T>(exchange: (turn: 'at-once' | 'waited' | 'unlocked') => Promise<T>): Promise<T>;
  /** Asks the other pages for a token, in a bounded time. */
  askOtherTabs(): Promise<void>;
  /** Whether another page may have a newer token for this one. */
  mayBeInOtherTab(): boolean;
  /** Whether an exchange is still wanted: somebody may have signed in or out, another page refreshed, this one begun anew. */
  isDemanded(id: Attempt): boolean;
  /** A request is sent. */
  sending(id: Attempt): void;
  readonly reading: TokenReading<Claims>;
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
export const createRefresh = <Claims>(parts: RefreshParts<Claims>) => {
  const { platform, keys, state, reading } = parts;
  const wallNow = () => platform.clock.now().wallAt;

  const failed = (
    id: Attempt,
    problem: Pick<RefreshProblem, 'kind' | 'status'>,
    headers?: Headers,
  ): SessionEvent<Claims> => {
    const mandatedMs = (headers && retryAfterMs(headers, platform.clock.now().wallAt)) ?? 0;
    const delayMs = Math.max(mandatedMs, backoffMs((state().failure?.count ?? 0) + 1, platform.random()));
    return { type: 'refresh-failed', ...id, problem, delayMs, mandatedMs };
  };

  /** Asks, and reads all of the answer; else says what kind of problem there is. */
  const attempt = async (id: Attempt): Promise<Asked> => {
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
  const eventOf = (id: Attempt, answer: Asked['answer']): readonly [SessionEvent<Claims>, counts?: true] => {
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
      const { epoch, user, mustRevalidate } = state();
      // Where another page has signed in, whoever is shown here may not be who the answer is about.
      const before = epoch === id.epoch && mustRevalidate !== 'due' ? user : undefined;
      const tokenSet = readTokenSet(verdict.body, obtainedAt, before, reading);
      return [{ type: 'refreshed', ...id, tokenSet, jitter: platform.random() }, true];
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

  return async (id: Attempt): Promise<void> => {
    const hasAsked = parts.mayBeInOtherTab();
    if (hasAsked) await parts.askOtherTabs();
    const spared: SessionEvent<Claims> = { type: 'refresh-skipped', ...id };
    if (!parts.isDemanded(id)) return parts.done(spared);
    let agreedOn: string | undefined;
    const asked = await parts.enqueue(async (turn) => {
      if (turn === 'unlocked' && parts.isDemanded(id)) agreedOn = await agreeOnKey();
      // Where the turn came at once, the token of the page before may still be on its way, and what it wrote be seen only now.
      const mayCome =
        turn !== 'at-once' || (!hasAsked && (keys.areUsedElsewhere(wallNow()) || parts.mayBeInOtherTab()));
      if (mayCome && parts.isDemanded(id)) await parts.askOtherTabs();
      return parts.isDemanded(id) ? attempt(id) : undefined;
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
export interface Attempt {
  readonly epoch: number;
  readonly exchange: number;
}

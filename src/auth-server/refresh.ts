import type { Platform } from '../platform/platform.ts';
import type { RefreshEvent } from '../session/events.ts';
import type { RefreshProblem } from '../session/session.ts';
import type { State } from '../session/state.ts';
import { judgeTicket, type RefreshTicket } from '../session/ticket.ts';
import type { Instant } from '../session/time.ts';
import type { SendAuthRequest } from './auth-request.ts';
import { backoffMs, retryAfterMs } from './backoff.ts';
import { type ClassifyRefresh, classifyResponse, type RefreshOutcome, readBody } from './classify-response.ts';
import type { Endpoint } from './endpoint.ts';
import { EndpointFault } from './endpoint-fault.ts';
import type { ReadTokens } from './tokens/find-tokens.ts';
import { isObject } from './tokens/is-object.ts';
import { readTokenResponse } from './tokens/token-response.ts';
import { tokenSetOf, type UserReading } from './tokens/token-set.ts';
import { createUnansweredRequests } from './unanswered-requests.ts';

export interface RefreshParts<Claims> {
  readonly platform: Platform;
  readonly endpoint: Endpoint;
  readonly sendAuthRequest: SendAuthRequest;
  /**
   * Runs a refresh when no other auth request is under way, and says how it got there: at once, after waiting
   * for another tab, or without the lock, because another tab has had it for too long.
   */
  enqueue(refresh: (lock: 'at-once' | 'waited' | 'unlocked') => Promise<void>): Promise<void>;
  /** Asks the other tabs for a token, for a bounded time, which is longer while one seems to be on its way. */
  askOtherTabs(isOnItsWay?: () => boolean): Promise<void>;
  /** Whether another tab may have a newer token for this page. */
  mayBeInOtherTab(): boolean;
  /**
   * Whether a refresh is still needed: meanwhile somebody may have signed in or out, or another tab or a
   * later attempt refreshed.
   */
  isDemanded(ticket: RefreshTicket): boolean;
  /** The request is sent now. */
  sending(ticket: RefreshTicket): void;
  readonly reading: UserReading<Claims> & { readonly readTokens: ReadTokens | undefined };
  readonly classify: ClassifyRefresh | undefined;
  /** The idempotency keys: the one to send now, how its use ended, and whether another tab uses one. */
  readonly keys: {
    use(wallAt: number): string;
    end(key: string, how: 'answered' | 'unanswered' | 'unsent'): void;
    areUsedElsewhere(wallAt: number): boolean;
  };
  readonly state: () => State<Claims>;
  readonly done: (event: RefreshEvent<Claims>) => void;
}

/**
 * One refresh: sends the request, judges the response, and reports the outcome once. It never throws. A
 * request that was sent is not aborted, since its response sets the cookie; `unanswered-requests.ts` has the
 * one exception.
 */
export function createRefresh<Claims>(parts: RefreshParts<Claims>) {
  const { platform, keys, state, reading } = parts;
  const unanswered = createUnansweredRequests();
  const wallNow = () => platform.clock.now().wallAt;

  const failed = (
    ticket: RefreshTicket,
    problem: Pick<RefreshProblem, 'kind' | 'status'>,
    headers?: Headers,
  ): RefreshEvent<Claims> => {
    const mandatedMs = (headers && retryAfterMs(headers, wallNow())) ?? 0;
    const delayMs = Math.max(mandatedMs, backoffMs((state().failure?.count ?? 0) + 1, platform.random()));
    return { type: 'refresh-failed', ...ticket, problem, delayMs, mandatedMs };
  };

  /** Sends the request and reads the whole response. */
  const send = async (ticket: RefreshTicket): Promise<Sent> => {
    parts.sending(ticket);
    const obtainedAt = platform.clock.now();
    const key = keys.use(obtainedAt.wallAt);
    try {
      const { response, body } = await unanswered.run(async (signal) => {
        const response = await parts.sendAuthRequest(parts.endpoint, { name: 'refresh', key, keepalive: true, signal });
        return { response, body: await readBody(response) };
      });
      return { key, outcome: { obtainedAt, response, body } };
    } catch (error) {
      return { key, outcome: error instanceof EndpointFault ? 'malformed' : 'network' };
    }
  };

  /** The event for an outcome, and whether its key is done with. This calls the app's own functions. */
  const eventOf = (
    ticket: RefreshTicket,
    outcome: Sent['outcome'],
  ): readonly [RefreshEvent<Claims>, isAnswered?: true] => {
    if (typeof outcome === 'string') return [failed(ticket, { kind: outcome })];
    const { obtainedAt, response, body } = outcome;
    let found: RefreshOutcome;
    try {
      found = classifyResponse(response, body, parts.classify);
    } catch (error) {
      platform.report(error);
      return [failed(ticket, { kind: 'status', status: response.status }, response.headers)];
    }
    if (found.is === 'transient') return [failed(ticket, found.problem, response.headers)];
    if (found.is === 'rejected') {
      const { reason, error } = found;
      return [{ type: 'refresh-rejected', ...ticket, reason, status: response.status, error }, true];
    }
    try {
      const { user, mustRevalidate } = state();
      // If another tab has signed in, the response may be about another user than the one shown here.
      const isOthers = judgeTicket(state(), ticket) === 'outdated' || mustRevalidate === 'due';
      const before = isOthers ? undefined : user;
      const tokens = readTokenResponse(found.body, reading.readTokens);
      const tokenSet = tokenSetOf(tokens, obtainedAt, before, reading);
      return [{ type: 'refreshed', ...ticket, tokenSet, jitter: platform.random() }, true];
    } catch (error) {
      // HTML comes from a proxy or a captive portal. A JSON object that cannot be read is a bug, which must
      // be reported.
      if (isObject(body)) platform.report(error);
      return [failed(ticket, { kind: 'malformed' })];
    }
  };

  /**
   * Without a lock, tabs may get here together while localStorage propagates. Waiting lets them agree on one
   * key, and the first tab to finish may save the others their request.
   */
  const agreeOnKey = async (): Promise<string> => {
    const key = keys.use(wallNow());
    await new Promise<void>((resolve) => {
      platform.clock.setTimer(resolve, SETTLE_MS + platform.random() * SPREAD_MS);
    });
    return key;
  };

  return async (ticket: RefreshTicket): Promise<void> => {
    const hasAsked = parts.mayBeInOtherTab();
    if (hasAsked) await parts.askOtherTabs();
    const skipped: RefreshEvent<Claims> = { type: 'refresh-skipped', ...ticket };
    if (!parts.isDemanded(ticket)) return parts.done(skipped);
    let sent: Sent | undefined;
    await parts.enqueue(async (lock) => {
      const agreedOn = lock === 'unlocked' && parts.isDemanded(ticket) ? await agreeOnKey() : undefined;
      const isUnderWay = () => keys.areUsedElsewhere(wallNow());
      // Even if the lock was free, a tab that has just released it may not have shared its token yet.
      const mayCome = lock !== 'at-once' || (!hasAsked && (isUnderWay() || parts.mayBeInOtherTab()));
      // On a busy machine, the lock comes sooner than the token of the tab that had it.
      const isOnItsWay = () => lock === 'waited' && parts.isDemanded(ticket) && isUnderWay();
      if (mayCome && parts.isDemanded(ticket)) await parts.askOtherTabs(isOnItsWay);
      if (parts.isDemanded(ticket)) sent = await send(ticket);
      if (agreedOn !== undefined) keys.end(agreedOn, 'unsent');
    });
    if (sent === undefined) return parts.done(skipped);
    const [event, isAnswered] = eventOf(ticket, sent.outcome);
    parts.done(event);
    // Only now, after the other tabs were told: until then, the pending key tells them that a token is on its way.
    keys.end(sent.key, isAnswered ? 'answered' : 'unanswered');
  };
}

/** A request that was sent: its idempotency key, and the response or the kind of problem. */
interface Sent {
  readonly key: string;
  readonly outcome: ReadResponse | 'network' | 'malformed';
}

/** A response that was read and is not judged yet. */
interface ReadResponse {
  /** Just before the request was sent. */
  readonly obtainedAt: Instant;
  readonly response: Response;
  readonly body: unknown;
}

/** Longer than it takes until a tab sees what another one has written to localStorage. */
const SETTLE_MS = 100;

const SPREAD_MS = 400;

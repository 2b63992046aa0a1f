import type { AuthorityEvent } from '../events.ts';
import { errorAnswer } from '../http/answers.ts';
import type { RefreshDecision } from '../rotation/decide-refresh.ts';
import type { SessionData, SessionRecord } from '../rotation/session-record.ts';

/** How a refresh ends: what is answered, and what is told. */
export interface RefreshOutcome {
  readonly answer: Response;
  readonly event: AuthorityEvent;
}

/** A decision that leads to tokens. */
export type Granted = Extract<RefreshDecision, { action: 'rotate' | 'repeat' | 'replay' | 'recover' | 'catch-up' }>;
type Denied = Exclude<RefreshDecision, Granted>;

interface SessionFacts {
  readonly at: number;
  readonly sid: string;
  readonly userId: string;
  readonly data: SessionData;
}

const GRANTED = { rotate: 'refreshed', recover: 'refresh-recovered', 'catch-up': 'store-behind' } as const;

/** What every event about a session says. */
export function factsOf({ sid, userId, data }: SessionRecord, at: number): SessionFacts {
  return { at, sid, userId, data };
}

/** What is told of a refresh that is answered with tokens. */
export function grantedEvent({ action, session }: Granted, at: number): AuthorityEvent {
  const { generation, replaysInARow } = session;
  const facts = { ...factsOf(session, at), generation };
  if (action !== 'repeat' && action !== 'replay') return { type: GRANTED[action], ...facts };
  return { type: 'refresh-replayed', ...facts, inARow: action === 'replay' ? replaysInARow : 0 };
}

/** The outcome of a refresh of this generation that is not answered with tokens. */
export function denied(decision: Denied, session: SessionRecord, generation: number, at: number): RefreshOutcome {
  const facts = factsOf(session, at);
  switch (decision.action) {
    case 'reject': {
      const { reason } = decision;
      return { answer: rejection(reason), event: { type: 'refresh-rejected', ...facts, reason } };
    }
    case 'duplicate':
      return {
        answer: errorAnswer(409, 'duplicate_request'),
        event: { type: 'refresh-duplicate', ...facts, generation },
      };
    case 'reuse':
      return {
        answer: rejection('reused'),
        event: { type: 'refresh-reused', ...facts, generation, reason: decision.reason },
      };
  }
}

/**
 * The answer to a refresh whose session has ended. RFC 6749 section 5.2 says 400; 401 is what clients and proxies take for
 * "sign in again".
 */
export function rejection(reason?: 'expired' | 'revoked' | 'reused'): Response {
  const challenge = { 'WWW-Authenticate': 'Bearer realm="refresh"' };
  return errorAnswer(401, 'invalid_grant', reason === undefined ? {} : { reason }, challenge);
}

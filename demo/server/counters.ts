import type { MiddlewareHandler } from 'hono';
import { decodeJwt } from 'jose';
import type { AuthorityEvent } from '../../src/server/index.ts';

/** What the server has seen since it was started. */
interface Counts {
  signIns: number;
  /** Requests to the refresh endpoint, whatever became of them. */
  refreshRequests: number;
  /** Refreshes that were answered with tokens. */
  refreshes: number;
  /** Requests to the API, the refused ones too. */
  apiCalls: number;
  /** Requests to the API that were answered 401. */
  apiRefusals: number;
  /** Of these, the ones whose token had expired. */
  expiredTokens: number;
}

export interface Counters {
  readonly counts: Counts;
  count(event: AuthorityEvent): void;
}

export function createCounters(): Counters {
  const counts = { signIns: 0, refreshRequests: 0, refreshes: 0, apiCalls: 0, apiRefusals: 0, expiredTokens: 0 };
  return {
    counts,
    count({ type }) {
      if (type === 'signed-in') counts.signIns += 1;
      if (type === 'refreshed' || type === 'refresh-replayed' || type === 'refresh-recovered') counts.refreshes += 1;
    },
  };
}

/** Counts requests by what they asked for and how they ended. */
export function countRequests({ counts }: Counters, now: () => number): MiddlewareHandler {
  return async (c, next) => {
    const isApi = c.req.path.startsWith('/api/');
    if (isApi) counts.apiCalls += 1;
    if (c.req.path === '/auth/refresh') counts.refreshRequests += 1;
    const hadExpired = isApi && isExpired(c.req.header('Authorization'), now());
    await next();
    if (!isApi || c.res.status !== 401) return;
    counts.apiRefusals += 1;
    if (hadExpired) counts.expiredTokens += 1;
  };
}

// Not verified: it is only counted, and only when the guard has refused it.
function isExpired(authorization: string | undefined, now: number): boolean {
  try {
    const { exp } = decodeJwt(authorization?.replace(/^Bearer /i, '') ?? '');
    return exp !== undefined && exp * 1000 <= now;
  } catch {
    return false;
  }
}

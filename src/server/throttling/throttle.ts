import { kindOf, MisuseError } from '../errors.ts';
import type { AuthorityEvent } from '../events.ts';
import { errorAnswer } from '../http/answers.ts';
import type { AuthorityOptions } from '../options.ts';
import type { Settings } from '../settings.ts';
import type { Sessions } from '../stores/sessions.ts';
import { accountKey, addressKey } from './keys.ts';
import { bounded, type RateLimiter, waitAfter } from './rate-limiter.ts';

/** Slows down guessing and flooding, as the `throttle` option says. */
export interface Throttle {
  /** Counts an attempt to sign in, before anybody looks at the credentials. */
  signIn(credentials: unknown, request: Request): Promise<Attempt | { readonly refusal: Response }>;
  /**
   * Counts a refresh of a session: the response to give if it is one too many. Only then is the session read, for the event
   * to say whose it is; never rejects because of that.
   */
  refresh(sid: string, read: Sessions['read']): Promise<Response | undefined>;
}

/** An attempt to sign in that may go on. */
interface Attempt {
  /** Has failures forgotten that were this user's own. Never rejects. */
  succeeded(): Promise<void>;
}

interface Count {
  readonly by: 'account' | 'address';
  readonly limiter: RateLimiter;
  readonly key: string;
}

/** Makes the throttle. Without limiters it lets everything through. */
export function createThrottle(
  throttle: NonNullable<AuthorityOptions<unknown>['throttle']> = {},
  { now, failedAt }: Pick<Settings, 'now' | 'failedAt'>,
  emit: (event: AuthorityEvent) => void,
): Throttle {
  const [account, address, perSession] = [throttle.account, throttle.address, throttle.session].map(bounded);

  // By address first: whoever is stopped there takes no more attempts from an account.
  async function countsOf(credentials: unknown, request: Request): Promise<Count[]> {
    const counts: Count[] = [];
    if (address !== undefined) {
      const found = throttle.clientAddress?.(request);
      if (typeof found !== 'string' || found === '') {
        throw new MisuseError('`throttle.clientAddress` gave no address: without one nothing can be counted.');
      }
      counts.push({ by: 'address', limiter: address, key: addressKey(found) });
    }
    const name = account === undefined ? '' : nameIn(throttle.accountName?.(credentials));
    if (account !== undefined && name !== '') {
      counts.push({ by: 'account', limiter: account, key: await accountKey(name) });
    }
    return counts;
  }

  return {
    async signIn(credentials, request) {
      const counts = await countsOf(credentials, request);
      for (const { by, limiter, key } of counts) {
        const retryAfterMs = await waitAfter(limiter, key);
        if (retryAfterMs === undefined) continue;
        emit({ type: 'sign-in-throttled', at: now(), by, key, retryAfterMs });
        return { refusal: tooMany(retryAfterMs) };
      }
      return {
        async succeeded() {
          try {
            // An address keeps the failures that it had with other accounts.
            await Promise.all(
              counts.map(({ by, limiter, key }) => limiter[by === 'account' ? 'delete' : 'reward'](key)),
            );
          } catch (error) {
            emit({ type: 'failed', at: failedAt(), endpoint: 'sign-in', error });
          }
        },
      };
    },

    async refresh(sid, read) {
      const retryAfterMs = perSession === undefined ? undefined : await waitAfter(perSession, `session:${sid}`);
      if (retryAfterMs === undefined) return undefined;
      const session = await read(sid).catch(() => undefined);
      const whose = session === undefined ? {} : { userId: session.userId, data: session.data };
      emit({ type: 'refresh-throttled', at: now(), sid, ...whose, retryAfterMs });
      return tooMany(retryAfterMs);
    },
  };
}

// A list with a name in it, say, must not be passed over: `verifyCredentials` may take it for that name.
function nameIn(given: unknown): string {
  if (given === undefined || given === null) return '';
  if (typeof given === 'string' || typeof given === 'number') return String(given);
  throw new MisuseError(
    `\`throttle.accountName\` must give text or a number, or \`undefined\` for credentials that name no account; it gave ${kindOf(given)}. Check the shape of what was sent.`,
  );
}

function tooMany(retryAfterMs: number): Response {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  return errorAnswer(429, 'too_many_requests', {}, { 'Retry-After': String(seconds) });
}

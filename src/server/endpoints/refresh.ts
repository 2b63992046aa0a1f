import { MisuseError } from '../errors.ts';
import type { AuthorityEvent } from '../events.ts';
import { errorAnswer, noContent } from '../http/answers.ts';
import type { Cookies } from '../http/cookies.ts';
import type { Refuse } from '../http/refusals.ts';
import type { AuthorityOptions } from '../options.ts';
import { decideRefresh } from '../rotation/decide-refresh.ts';
import { endRecord, type SessionRecord } from '../rotation/session-record.ts';
import type { Settings } from '../settings.ts';
import type { Change, Sessions } from '../stores/sessions.ts';
import type { Throttle } from '../throttling/throttle.ts';
import type { RefreshTokens } from '../tokens/refresh-token.ts';
import { isNobody, userIdText } from '../user-id.ts';
import { type AuthenticToken, oneToken, presentedTokens } from './presented-token.ts';
import type { Issue } from './token-response.ts';

/** What refreshing needs. */
export interface RefreshParts<User> {
  readonly options: Pick<AuthorityOptions<User>, 'loadUser' | 'userId'>;
  readonly settings: Settings;
  readonly sessions: Sessions;
  readonly cookies: Cookies;
  readonly refreshTokens: RefreshTokens;
  readonly issue: Issue<User>;
  readonly refuse: Refuse;
  readonly throttle: Throttle;
  emit(event: AuthorityEvent): void;
}

interface Outcome {
  readonly answer: Response;
  readonly event: AuthorityEvent;
}

const MAX_KEY_LENGTH = 128;
const ISSUED = { rotate: 'refreshed', repeat: 'refresh-replayed', recover: 'refresh-recovered' } as const;

/**
 * Makes the refresh endpoint: check, sign, commit, answer, in this order, so that a failure on the
 * way leaves the presented token as good as it was. It never clears the cookie.
 */
export function createRefresh<User>(parts: RefreshParts<User>): (request: Request) => Promise<Response> {
  const { options, settings, sessions, cookies, refreshTokens, issue, refuse, throttle, emit } = parts;

  async function issued(
    action: keyof typeof ISSUED,
    session: SessionRecord,
    { signer, binder }: AuthenticToken,
    at: number,
  ): Promise<Change<Outcome>> {
    const { sid, userId, generation } = session;
    const loaded = await options.loadUser?.(userId);
    if (options.loadUser && isNobody(loaded)) {
      const event: AuthorityEvent = { type: 'revoked', at, sid, userId, by: 'no-user' };
      return { result: { answer: rejected('revoked'), event }, session: endRecord(session, 'revoked') };
    }
    // A mix-up in the app's own look-up: tokens of one user must not carry the name and rights of another.
    const user = isNobody(loaded) ? undefined : loaded;
    if (user !== undefined && userIdText(options.userId(user)) !== userId) {
      throw new MisuseError('`loadUser` gave another user than the one it was asked for.');
    }
    const answer = await issue({ session, signer, binder, user });
    return { result: { answer, event: { type: ISSUED[action], at, sid, userId, generation } }, session };
  }

  return async (request) => {
    const key = request.headers.get('Idempotency-Key') ?? '';
    if (key.length > MAX_KEY_LENGTH) return errorAnswer(400, 'invalid_request');

    const presented = oneToken(await presentedTokens(request, cookies, refreshTokens));
    if (presented.kind === 'none') return noContent();
    if (presented.kind === 'doubtful') return refuse('refresh', presented.doubt);
    if (presented.kind === 'unauthentic') {
      emit({ type: 'refresh-rejected', at: settings.now(), reason: 'unauthentic' });
      return rejected();
    }

    const { sid, generation } = presented;
    const tooMany = await throttle.refresh(sid);
    if (tooMany !== undefined) return tooMany;
    const keyHash = key === '' ? undefined : await presented.signer.hashKey(key);
    const { answer, event } = await sessions.change<Outcome>(sid, (session) => {
      const at = settings.now();
      // A session that is authentic but unknown has been swept out since it ended.
      if (session === undefined) {
        return {
          result: { answer: rejected('expired'), event: { type: 'refresh-rejected', at, reason: 'expired', sid } },
        };
      }
      const { userId } = session;
      const decision = decideRefresh(session, { generation, keyHash }, at, settings.policy);
      switch (decision.action) {
        case 'reject': {
          const { reason } = decision;
          return { result: { answer: rejected(reason), event: { type: 'refresh-rejected', at, reason, sid, userId } } };
        }
        case 'duplicate':
          return {
            result: {
              answer: errorAnswer(409, 'duplicate_request'),
              event: { type: 'refresh-duplicate', at, sid, userId, generation },
            },
          };
        case 'reuse':
          return {
            result: { answer: rejected('reused'), event: { type: 'refresh-reused', at, sid, userId, generation } },
            session: decision.session,
          };
        default:
          return issued(decision.action, decision.session, presented, at);
      }
    });
    emit(event);
    return answer;
  };
}

// RFC 6749 section 5.2 says 400; 401 is what clients and proxies take for "sign in again".
function rejected(reason?: 'expired' | 'revoked' | 'reused'): Response {
  const challenge = { 'WWW-Authenticate': 'Bearer realm="refresh"' };
  return errorAnswer(401, 'invalid_grant', reason === undefined ? {} : { reason }, challenge);
}

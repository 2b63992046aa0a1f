import { kindOf, MisuseError } from '../errors.ts';
import type { AuthorityEvent } from '../events.ts';
import { errorAnswer, noContent } from '../http/answers.ts';
import type { Cookies } from '../http/cookies.ts';
import type { Refuse } from '../http/refusals.ts';
import type { AuthorityOptions } from '../options.ts';
import { decideRefresh, type RefreshDecision } from '../rotation/decide-refresh.ts';
import { hashKey } from '../rotation/key-hash.ts';
import { endRecord, type SessionRecord } from '../rotation/session-record.ts';
import type { RefreshVerdict } from '../session-options.ts';
import type { Settings } from '../settings.ts';
import type { Change, Sessions } from '../stores/sessions.ts';
import type { Throttle } from '../throttling/throttle.ts';
import type { RefreshTokens } from '../tokens/refresh-token.ts';
import { currentUser } from '../user-id.ts';
import { type AuthenticToken, oneToken, presentedTokens } from './presented-token.ts';
import { denied, factsOf, type Granted, grantedEvent, type RefreshOutcome, rejection } from './refresh-outcome.ts';
import { infoOf } from './session-info.ts';
import type { Issue } from './token-response.ts';

/** What refreshing needs. */
export interface RefreshParts<User> {
  readonly options: Pick<AuthorityOptions<User>, 'loadUser' | 'userId' | 'onRefresh'>;
  readonly settings: Settings;
  readonly sessions: Sessions;
  readonly cookies: Cookies;
  readonly refreshTokens: RefreshTokens;
  readonly issue: Issue<User>;
  readonly refuse: Refuse;
  readonly throttle: Throttle;
  emit(event: AuthorityEvent): void;
}

const MAX_KEY_LENGTH = 128;

/**
 * Makes the refresh endpoint: check, sign, commit, answer, in this order, so that a failure on the
 * way leaves the presented token as good as it was. It never clears the cookie.
 */
export function createRefresh<User>(parts: RefreshParts<User>): (request: Request) => Promise<Response> {
  const { options, settings, sessions, cookies, refreshTokens, issue, refuse, throttle, emit } = parts;

  /** The user as of now, where the app says; `undefined` if there is none any more. */
  async function userOf(userId: string): Promise<{ readonly user: User | undefined } | undefined> {
    const user = await currentUser(options, userId);
    return options.loadUser === undefined || user !== undefined ? { user } : undefined;
  }

  async function verdictOn(
    before: SessionRecord,
    request: Request,
    action: Granted['action'],
  ): Promise<RefreshVerdict> {
    if (options.onRefresh === undefined) return 'allow';
    const isReplay = action === 'repeat' || action === 'replay' || action === 'recover';
    const verdict: unknown = await options.onRefresh({ session: infoOf(before), request, isReplay });
    if (verdict === 'allow' || verdict === 'end') return verdict;
    throw new MisuseError(`\`onRefresh\` must give 'allow' or 'end'; it gave ${kindOf(verdict)}.`);
  }

  async function grant(
    before: SessionRecord,
    decision: Granted,
    decide: (at: number) => RefreshDecision,
    { signer, binder }: AuthenticToken,
    request: Request,
    at: number,
  ): Promise<Change<RefreshOutcome>> {
    const { session, action } = decision;
    const end = (by: 'no-user' | 'on-refresh'): Change<RefreshOutcome> => ({
      result: { answer: rejection('revoked'), event: { type: 'revoked', ...factsOf(session, at), by } },
      session: endRecord(session, 'revoked'),
    });
    const found = await userOf(session.userId);
    if (found === undefined) return end('no-user');
    if ((await verdictOn(before, request, action)) === 'end') return end('on-refresh');
    const answer = await issue({ session, signer, binder, user: found.user, isStaggered: action === 'replay' });
    // The app may have taken longer than the grace lasts. Its windows begin with the response, or a second refresh that
    // waited as well would look like a late one.
    const later = decide(settings.now());
    const isSame = later.action === action && 'session' in later;
    return { result: { answer, event: grantedEvent(decision, at) }, session: isSame ? later.session : session };
  }

  return async (request) => {
    const key = request.headers.get('Idempotency-Key') ?? '';
    if (key.length > MAX_KEY_LENGTH) return errorAnswer(400, 'invalid_request');

    const [tokens, keyHash] = await Promise.all([
      presentedTokens(request, cookies, refreshTokens),
      key === '' ? undefined : hashKey(key),
    ]);
    const presented = oneToken(tokens);
    if (presented.kind === 'none') return noContent();
    if (presented.kind === 'doubtful') return refuse('refresh', presented.doubt);
    if (presented.kind === 'unauthentic') {
      emit({ type: 'refresh-rejected', at: settings.now(), reason: 'unauthentic' });
      return rejection();
    }

    const { sid, generation } = presented;
    const tooMany = await throttle.refresh(sid, sessions.read);
    if (tooMany !== undefined) return tooMany;
    const { answer, event } = await sessions.change<RefreshOutcome>(sid, (session) => {
      const at = settings.now();
      // A session that is authentic but unknown has been swept out since it ended, or another store has it.
      if (session === undefined) {
        return {
          result: { answer: rejection('expired'), event: { type: 'refresh-rejected', at, reason: 'unknown', sid } },
        };
      }
      const decide = (now: number) => decideRefresh(session, { generation, keyHash }, now, settings.policy);
      const decision = decide(at);
      switch (decision.action) {
        case 'rotate':
        case 'repeat':
        case 'replay':
        case 'recover':
        case 'catch-up':
          return grant(session, decision, decide, presented, request, at);
        case 'reuse':
          return { result: denied(decision, session, generation, at), session: decision.session };
        default:
          return { result: denied(decision, session, generation, at) };
      }
    });
    emit(event);
    return answer;
  };
}

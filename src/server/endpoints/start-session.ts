import { kindOf, MisuseError, UnavailableError } from '../errors.ts';
import type { AuthorityEvent } from '../events.ts';
import type { Cookies } from '../http/cookies.ts';
import type { Refuse } from '../http/refusals.ts';
import { checkKnown } from '../option-values.ts';
import type { AuthorityOptions } from '../options.ts';
import { randomId } from '../random-id.ts';
import { checkedSessionData } from '../rotation/session-data.ts';
import { type SessionData, startSession } from '../rotation/session-record.ts';
import type { Settings } from '../settings.ts';
import type { Sessions } from '../stores/sessions.ts';
import type { RefreshTokens } from '../tokens/refresh-token.ts';
import { userIdText } from '../user-id.ts';
import { provedSessions } from './presented-token.ts';
import { createSessionLimit } from './session-limit.ts';
import type { Issue } from './token-response.ts';

/** What starting a session needs. */
export interface StartSessionParts<User> {
  readonly options: Pick<AuthorityOptions<User>, 'userId' | 'sessionData'>;
  readonly settings: Settings;
  readonly sessions: Sessions;
  readonly cookies: Cookies;
  readonly refreshTokens: RefreshTokens;
  readonly issue: Issue<User>;
  readonly refuse: Refuse;
  emit(event: AuthorityEvent): void;
  /** Removes expired sessions in the background; never throws. */
  sweep(): void;
}

/** How a sign-in is meant. */
export interface SignInOptions {
  /** Whether the cookie outlives the browser. Default true; if false, the session has the limits of `shortSession`. */
  readonly remember?: boolean;
  /** What to keep with the session. Default: what `sessionData` gives. */
  readonly data?: object;
}

/** A sign-in that was checked. */
interface SignIn {
  readonly userId: string;
  readonly data: SessionData;
  readonly remembered: boolean;
  /** The sessions that this browser had before. */
  readonly before: ReadonlySet<string>;
}

/** Signs a user in whose identity is proved. */
export type StartSession<User> = (user: User, request: Request, options?: SignInOptions) => Promise<Response>;

// Each time at least one of the sign-ins that overtake each other is through.
const MAX_ATTEMPTS = 16;

/**
 * Makes the start of sessions: a new one for a user, and the end of each that this browser had before (session fixation)
 * and of the user's oldest where they have too many.
 */
export function createStartSession<User>(parts: StartSessionParts<User>): StartSession<User> {
  const { options, settings, sessions, cookies, refreshTokens, issue, refuse, emit, sweep } = parts;
  const limit = createSessionLimit(settings, sessions);

  async function end(sids: Iterable<string>, at: number, by: 'sign-in' | 'limit'): Promise<void> {
    for (const sid of sids) {
      const ended = await sessions.end(sid);
      if (ended) emit({ type: 'revoked', at, sid, userId: ended.userId, data: ended.data, by });
    }
  }

  /** Starts one session; `undefined` if sign-ins at the same moment have taken its place before it was answered. */
  async function begin(user: User, { userId, data, remembered, before }: SignIn): Promise<Response | undefined> {
    const now = settings.now();
    const timeouts = remembered ? settings.policy : settings.policy.shortSession;
    const startedAt = await limit.startAfterAll(userId, now);
    const session = { ...startSession(randomId(), userId, now, timeouts, { remembered, data }), startedAt };
    const answer = await issue({
      session,
      signer: refreshTokens.signerOf(session.sid),
      binder: cookies.hasBinder ? randomId() : '',
      user,
      isStaggered: false,
    });
    await sessions.add(session);
    await end(before, now, 'sign-in');
    const { isOvertaken, tooMany } = await limit.judge(session);
    await end(tooMany, now, 'limit');
    emit({ type: 'signed-in', at: now, sid: session.sid, userId, data });
    sweep();
    return isOvertaken ? undefined : answer;
  }

  return async (user, request, how = {}) => {
    const { remember: remembered, data: givenData } = checkedHow(how);
    const userId = userIdText(options.userId(user));
    const data = checkedSessionData(givenData ?? (await options.sessionData?.(request, user)) ?? {});

    const before = await provedSessions(request, cookies, refreshTokens);
    if (before === undefined) return refuse('sign-in', 'ambiguous-cookies');

    // A double submit: the browser keeps the cookie that comes last, so that has to be the one of the session that stays.
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const answer = await begin(user, { userId, data, remembered, before });
      if (answer !== undefined) return answer;
    }
    throw new UnavailableError('Too many sign-ins of one user at the same moment.');
  };
}

function checkedHow(how: SignInOptions): { readonly remember: boolean; readonly data: object | undefined } {
  checkKnown(how, { remember: true, data: true });
  const { remember = true, data } = how;
  if (typeof remember !== 'boolean') {
    throw new MisuseError(`\`remember\` must be true or false; found ${kindOf(remember)}.`);
  }
  return { remember, data };
}

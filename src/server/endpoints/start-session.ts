import { kindOf, MisuseError } from '../errors.ts';
import type { AuthorityEvent } from '../events.ts';
import type { Cookies } from '../http/cookies.ts';
import type { Refuse } from '../http/refusals.ts';
import { checkKnown } from '../option-values.ts';
import type { AuthorityOptions } from '../options.ts';
import { randomId } from '../random-id.ts';
import { isAlive, type SessionRecord, startSession } from '../rotation/session-record.ts';
import type { Settings } from '../settings.ts';
import type { Sessions } from '../stores/sessions.ts';
import type { RefreshTokens } from '../tokens/refresh-token.ts';
import { userIdText } from '../user-id.ts';
import { provedSessions } from './presented-token.ts';
import { checkedSessionData } from './session-data.ts';
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

/** Signs a user in whose identity is proved. */
export type StartSession<User> = (user: User, request: Request, options?: SignInOptions) => Promise<Response>;

/**
 * Makes the start of sessions: a new one for a user, and the end of each that this browser had before (session fixation)
 * and of the user's oldest where they have too many.
 */
export function createStartSession<User>(parts: StartSessionParts<User>): StartSession<User> {
  const { options, settings, sessions, cookies, refreshTokens, issue, refuse, emit, sweep } = parts;
  const { maxSessionsPerUser } = settings;

  /** The live sessions of a user, if there is a limit. */
  async function counted(userId: string): Promise<readonly SessionRecord[]> {
    if (maxSessionsPerUser === undefined) return [];
    const now = settings.now();
    return (await sessions.listByUser(userId)).filter((session) => isAlive(session, now));
  }

  // This session may be among them, where as many others began at the same moment: to spare it would have each of two
  // sign-ins end the other.
  async function oldestBeyondLimit(userId: string): Promise<readonly string[]> {
    const newestFirst = (await counted(userId)).toSorted(byNewest);
    return newestFirst.slice(maxSessionsPerUser).map(({ sid }) => sid);
  }

  async function end(sids: Iterable<string>, at: number, by: 'sign-in' | 'limit'): Promise<void> {
    for (const sid of sids) {
      const ended = await sessions.end(sid);
      if (ended) emit({ type: 'revoked', at, sid, userId: ended.userId, data: ended.data, by });
    }
  }

  return async (user, request, how = {}) => {
    const { remember: remembered, data: givenData } = checkedHow(how);
    const userId = userIdText(options.userId(user));
    const data = checkedSessionData(givenData ?? (await options.sessionData?.(request, user)) ?? {});

    const before = await provedSessions(request, cookies, refreshTokens);
    if (before === undefined) return refuse('sign-in', 'ambiguous-cookies');

    const known = await counted(userId);
    const now = settings.now();
    const timeouts = remembered ? settings.policy : settings.policy.shortSession;
    const startedAt = laterThanAll(known, now);
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
    await end(await oldestBeyondLimit(userId), now, 'limit');
    emit({ type: 'signed-in', at: now, sid: session.sid, userId, data });
    sweep();
    return answer;
  };
}

// Whichever clock another process has: a session is newer than all that its sign-in has seen.
function laterThanAll(sessions: readonly SessionRecord[], now: number): number {
  return sessions.reduce((latest, { startedAt }) => Math.max(latest, startedAt + 1), now);
}

// Of two that began at the same moment, every process takes the same one for the newer.
function byNewest(one: SessionRecord, other: SessionRecord): number {
  return other.startedAt - one.startedAt || (one.sid < other.sid ? -1 : 1);
}

function checkedHow(how: SignInOptions): { readonly remember: boolean; readonly data: object | undefined } {
  checkKnown(how, { remember: true, data: true });
  const { remember = true, data } = how;
  if (typeof remember !== 'boolean') {
    throw new MisuseError(`\`remember\` must be true or false; found ${kindOf(remember)}.`);
  }
  return { remember, data };
}

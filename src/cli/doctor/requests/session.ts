import { type Answer, isGranted, type Step } from '../exchange.ts';
import { tokensOf } from '../tokens-of.ts';
import { type CookieJar, createCookieJar } from './cookie-jar.ts';
import { askAsForger } from './nobody.ts';
import type { Send } from './send.ts';

/** The body of a sign-in. */
export interface Credentials {
  readonly body: string;
  readonly contentType: string;
}

/** A session that is under way, with the cookies of its browser. */
interface OpenSession {
  readonly jar: CookieJar;
  readonly sid: string | undefined;
}

/**
 * Asks all that needs a session. Has one session open at a time, opens three at most, and ends each. `canRefresh`: whether
 * there is a refresh endpoint to ask.
 */
export async function askAsUser(send: Send, credentials: Credentials, canRefresh: boolean): Promise<void> {
  const first = await signIn(send, 'sign-in', credentials);
  if (!canRefresh) {
    if (first !== undefined) await send('sign-out', 'sign-out', signOutOf(first));
    return;
  }
  if (first === undefined) return askAsForger(send);
  const last = await spend(send, credentials, first);
  if (last === undefined) return;
  const spent = last.jar.copy();
  await send('sign-out', 'sign-out', signOutOf(last));
  await refresh(send, 'after-sign-out', spent);
}

/** Spends and repeats the session's refresh token; gives the session that is open at the end. */
async function spend(send: Send, credentials: Credentials, first: OpenSession): Promise<OpenSession | undefined> {
  // As if the answer to a refresh were lost: the browser has the cookie from before, and sends the same key again.
  const before = first.jar.copy();
  const key = crypto.randomUUID();
  if (!isGranted(await refresh(send, 'refresh', first.jar, key))) return first;
  const repeated = before.copy();
  const isRepeated = isGranted(await refresh(send, 'retry', repeated, key));
  const retried = isRepeated ? { ...first, jar: repeated } : first;

  const open = await keepOpen(send, credentials, retried, 'after-retry');
  if (open.isOver) return open.session;
  await askAsForger(send, { jar: open.session.jar });
  return overlap(send, credentials, open.session);
}

/** As if two tabs had refreshed at once, and then as if somebody had kept a copy of the cookie. */
async function overlap(send: Send, credentials: Credentials, session: OpenSession): Promise<OpenSession | undefined> {
  const copied = session.jar.copy();
  if (!isGranted(await refresh(send, 'in-time', session.jar))) return session;
  const late = copied.copy();
  const isTolerated = isGranted(await refresh(send, 'overlap', late));
  const latest = isTolerated ? { ...session, jar: late } : session;

  const open = await keepOpen(send, credentials, latest, 'after-overlap');
  // In another session, the copy would say nothing.
  if (open.isOver || open.session !== latest) return open.session;
  await refresh(send, 'reuse', copied);
  return (await keepOpen(send, credentials, latest, 'after-reuse')).session;
}

/** Whether the session still lives. Where it has ended, another one is opened; where that is not clear, it is over. */
async function keepOpen(
  send: Send,
  credentials: Credentials,
  session: OpenSession,
  step: Step,
): Promise<
  | { readonly session: OpenSession; readonly isOver: false }
  | { readonly session: OpenSession | undefined; readonly isOver: true }
> {
  const answer = await refresh(send, step, session.jar);
  if (isGranted(answer)) return { session, isOver: false };
  if (!hasEnded(answer)) return { session, isOver: true };
  const another = await signIn(send, 'sign-in-again', credentials);
  return another === undefined ? { session: another, isOver: true } : { session: another, isOver: false };
}

async function signIn(send: Send, step: Step, { body, contentType }: Credentials): Promise<OpenSession | undefined> {
  const jar = createCookieJar();
  const { answer } = await send(step, 'sign-in', { jar, body, contentType });
  return isGranted(answer) ? { jar, sid: tokensOf(answer)?.sid } : undefined;
}

function signOutOf({ jar, sid }: OpenSession): Parameters<Send>[2] {
  if (sid === undefined) return { jar };
  return { jar, body: JSON.stringify({ sid }), contentType: 'application/json' };
}

async function refresh(
  send: Send,
  step: Step,
  jar: CookieJar,
  key: string = crypto.randomUUID(),
): Promise<Answer | undefined> {
  return (await send(step, 'refresh', { jar, key })).answer;
}

// Also by a status that the contract does not have for it, such as 403: a finding of its own, and not a reason to stop.
function hasEnded(answer: Answer | undefined): boolean {
  if (answer === undefined) return false;
  const { status } = answer;
  return status === 204 || (status >= 400 && status < 500 && ![408, 409, 425, 429].includes(status));
}

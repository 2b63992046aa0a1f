import type { AuthClient } from '../../../src/client/auth-client.ts';
import type { FakeServer } from './fake-server.ts';
import { later, type Run, timeoutMs } from './interleavings-run.ts';
import type { Setting } from './random-actions.ts';
import type { Claims } from './world.ts';

interface CallFacts {
  readonly signal: boolean;
  readonly posts?: boolean;
  readonly relogin: 'hold' | 'reject' | undefined;
}

interface Call {
  /** Who was signed in when it was made; where that was not known, who was found to be, or whom it was sent for first. */
  by: string | undefined;
  readonly entries: number;
  /** Nobody was signed in, or somebody was locked out and this call is not to be held. */
  readonly isHopeless: boolean;
  readonly holds: boolean;
  readonly abort: AbortController | undefined;
  sentCount: number;
  isSettled: boolean;
  /** Waits for a token, or for a sign-in, since then; `undefined`: it is under way. */
  waits: { readonly held: boolean; readonly since: number } | undefined;
  wasHeld: boolean;
  /** The place that it has among the held. */
  place: number | undefined;
}

/** The calls of one page, and what is promised to them. */
export interface CallJudge {
  make(facts: CallFacts): void;
  takeToken(facts: CallFacts): void;
  abort(nth: number): Call | undefined;
  /** Somebody has signed in. */
  entered(): void;
  /** A refresh has said who is signed in. */
  found(): void;
  /** Looks whether the user was locked out, or is so no longer. */
  look(): void;
  areSettled(): boolean;
}

export const createCallJudge = (
  run: Run,
  server: FakeServer,
  client: AuthClient<Claims>,
  { relogin: usually, holdTimeoutMs }: Setting,
  isStarted: () => boolean,
): CallJudge => {
  const calls: Call[] = [];
  const aborts: Call[] = [];
  const { wrong, note } = run;
  let entries = 0;
  let places = 0;
  let lastPlace = -1;
  let wasLockedOut = false;

  const isLockedOut = () => client.getSession().status === 'relogin-required';

  const wait = (call: Call, held: boolean) => {
    call.waits = { held: held && call.holds, since: run.now() };
    call.wasHeld ||= call.waits.held;
    if (call.waits.held && call.sentCount === 0) call.place ??= places++;
  };

  const look = () => {
    if (wasLockedOut === isLockedOut()) return;
    wasLockedOut = isLockedOut();
    for (const call of calls) if (!call.isSettled && call.waits !== undefined) wait(call, wasLockedOut);
  };

  const checkTime = ({ waits }: Call, how: string) => {
    if (waits === undefined) return;
    const waitedMs = run.now() - waits.since;
    if (waitedMs > (waits.held ? holdTimeoutMs : timeoutMs)) wrong.push(`a call ${how} after ${waitedMs} ms`);
  };

  const checkOwner = (call: Call, owner: string | undefined) => {
    const current = client.getSession();
    if (current.status !== 'authenticated' || current.claims.sub !== owner) wrong.push('a token of nobody signed in');
    if (call.isHopeless) wrong.push('a call was sent for nobody');
    if (call.by !== undefined && call.by !== owner) wrong.push('a call was sent in another’s name');
    if (call.by === undefined && call.entries !== entries) wrong.push('a call of before was sent for who signed in');
    call.by ??= owner;
  };

  const begin = ({ signal, relogin = usually }: CallFacts): Call => {
    const session = client.getSession();
    const holds = relogin === 'hold';
    const call: Call = {
      by: session.claims?.sub as string | undefined,
      entries,
      isHopeless: session.status === 'unauthenticated' || (session.status === 'relogin-required' && !holds),
      holds,
      abort: signal ? new AbortController() : undefined,
      sentCount: 0,
      isSettled: false,
      waits: undefined,
      wasHeld: false,
      place: undefined,
    };
    // A listener may call before those who judge are told.
    look();
    wait(call, wasLockedOut);
    calls.push(call);
    if (signal) aborts.push(call);
    return call;
  };

  const settle = (call: Call, outcome: string) => {
    call.isSettled = true;
    note(outcome);
    if (outcome === 'call AbortError') return;
    checkTime(call, 'settled');
    if (outcome.endsWith('TypeError') && isStarted()) wrong.push('a call was told of `start()`');
  };

  /** What the server does with a call, once it is there. */
  const serve = (call: Call, path: string, body: string | undefined) =>
    server.always(path, async (asked) => {
      const page = run.page();
      call.sentCount++;
      checkOwner(call, server.ownerOf(asked.token));
      checkTime(call, 'was sent');
      if (call.isSettled) wrong.push('a call was sent after its end');
      if (call.abort?.signal.aborted) wrong.push('an aborted call was sent');
      if (call.sentCount > 2) wrong.push('a call was sent more than twice');
      if (call.sentCount === 2) note('replay');
      if (call.place !== undefined) {
        note(call.sentCount === 2 ? 'held, and replayed' : 'held, then sent');
        if (call.place < lastPlace && call.sentCount === 1) wrong.push('held calls were sent out of order');
        lastPlace = Math.max(call.place, lastPlace);
      } else if (call.wasHeld) note('held after a 401, then sent');
      call.waits = undefined;
      if ((await asked.request.clone().text()) !== (body ?? '')) wrong.push('a call was sent with another body');
      const response = await server.usual(asked);
      await later(run, 'call answered', page);
      if (response.status === 401 && call.sentCount === 1) wait(call, isLockedOut());
      return response;
    });

  return {
    make: (facts) => {
      const call = begin(facts);
      const path = `/api/${calls.length}`;
      const body = facts.posts ? `body of ${calls.length}` : undefined;
      serve(call, path, body);
      const init = {
        ...(body !== undefined && { method: 'POST', body }),
        ...(call.abort && { signal: call.abort.signal }),
        ...(facts.relogin && { auth: { relogin: facts.relogin } }),
      };
      client.authFetch(path, init).then(
        (response) => settle(call, `call ${response.status}`),
        (error: Error) => settle(call, `call ${error.name}`),
      );
    },
    takeToken: (facts) => {
      const call = begin(facts);
      const options = {
        ...(call.abort && { signal: call.abort.signal }),
        ...(facts.relogin && { relogin: facts.relogin }),
      };
      client.getAccessToken(options).then(
        (token) => {
          checkOwner(call, server.ownerOf(token));
          settle(call, 'token given');
        },
        (error: Error) => settle(call, `token ${error.name}`),
      );
    },
    abort: (nth) => {
      const call = aborts.at(nth);
      if (call !== undefined && !call.isSettled) {
        note('abort of a call under way');
        call.abort?.abort();
      }
      return call;
    },
    entered: () => {
      entries++;
    },
    found: () => {
      const user = client.getSession().claims?.sub as string | undefined;
      for (const call of calls) if (call.entries === entries) call.by ??= user;
    },
    look,
    areSettled: () => calls.every(({ isSettled }) => isSettled),
  };
};

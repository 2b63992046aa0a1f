import type { AuthClient } from '../../../src/client/auth-client.ts';
import type { AuthEvent } from '../../../src/session/events.ts';
import type { Asked } from './fake-server.ts';
import type { Run } from './interleavings-run.ts';
import type { StrictServer } from './interleavings-server.ts';
import type { Setting } from './random-actions.ts';
import type { Claims } from './world.ts';

/** Whether anybody may be signed in: it goes on from one page to the next. */
export interface Entries {
  mayEnter: boolean;
  /** When a session began that the client has not met: a sign-out, which names its own, leaves it alone. */
  unmetSince: number | undefined;
}

/** What one page shows and tells, and what is promised about it. */
export interface SessionJudge {
  listen(calls: { entered(): void; found(): void; look(): void }): void;
  /** There is a reason to refresh. */
  doubt(): void;
  whileWanted<T>(refresh: Promise<T>): Promise<T>;
  check(): void;
  checkEnd(): void;
}

export const createSessionJudge = (
  run: Run,
  client: AuthClient<Claims>,
  strict: StrictServer,
  entries: Entries,
  { maxHeldCalls }: Setting,
): SessionJudge => {
  const { wrong, note } = run;
  /** The request whose token is held, as long as there is no reason to doubt it. */
  let current: Asked | undefined;
  let doubts = 0;
  let refreshesWanted = 0;
  let shown: unknown;
  /** Whether an answer can end anything. */
  let isAlive = true;
  let held = 0;
  const doubtsBefore = new Map<Asked, number>();

  strict.onAsked = (asked) => {
    const isSound = refreshesWanted === 0 && current !== undefined && doubtsBefore.get(current) === doubts;
    const isRefresh = asked.path === '/auth/refresh';
    if (
      isRefresh &&
      isSound &&
      !strict.isStartingOver(run.now()) &&
      current !== undefined &&
      run.now() - current.at < 3500
    )
      wrong.push('a refresh was sent for nothing');
    doubtsBefore.set(asked, doubts);
  };

  const see = (calls: { look(): void }) => {
    const { claims, status } = client.getSession();
    if (claims === undefined) shown = undefined;
    else if (shown !== undefined && shown !== claims?.sub) wrong.push('a user was shown right after another');
    else shown = claims.sub;
    if (status === 'loading') isAlive = true;
    calls.look();
  };

  const hear = (event: AuthEvent, calls: { entered(): void; found(): void }) => {
    note(event.type);
    switch (event.type) {
      case 'signed-in':
      case 'refreshed': {
        if (event.type === 'signed-in') {
          calls.entered();
          strict.forgotten();
        } else calls.found();
        isAlive = true;
        const answered = strict.answered();
        current = answered;
        if (entries.unmetSince !== undefined && answered !== undefined && answered.at > entries.unmetSince)
          entries.unmetSince = undefined;
        return;
      }
      case 'session-ended':
        if (event.status !== undefined && !isAlive) wrong.push('an answer ended a session that was over');
        if (event.status !== undefined) note('session-ended by an answer');
        isAlive = false;
        current = undefined;
        return;
      case 'call-held':
        held++;
        return;
      case 'held-call-ended':
        held--;
        note(`held: ${event.outcome}`);
    }
  };

  return {
    listen: (calls) => {
      client.subscribe(() => see(calls));
      client.onEvent((event) => hear(event, calls));
      client.onUserLeft((claims) => {
        note('user left');
        if (shown !== undefined && shown !== claims?.sub) wrong.push('who left was not who was shown');
      });
    },
    doubt: () => {
      doubts++;
    },
    whileWanted: (refresh) => {
      refreshesWanted++;
      return refresh.finally(() => refreshesWanted--);
    },
    check: () => {
      const session = client.getSession();
      if (!entries.mayEnter && session.claims !== undefined) wrong.push('a session came back after a sign-out');
      if (session.status !== 'relogin-required') return;
      if (session.heldCalls !== held) wrong.push(`${held} calls were held, and ${session.heldCalls} shown`);
      if (session.heldCalls > maxHeldCalls) wrong.push('too many calls were held');
    },
    checkEnd: () => {
      if (held !== 0) wrong.push(`${held} held calls have no end`);
    },
  };
};

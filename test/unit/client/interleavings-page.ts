import { type FakePlatform, flush } from '../fake-platform.ts';
import { createCallJudge } from './interleavings-calls.ts';
import { createBadListeners } from './interleavings-listeners.ts';
import { keyMs, type Run, timeoutMs } from './interleavings-run.ts';
import type { StrictServer } from './interleavings-server.ts';
import { createSessionJudge, type Entries } from './interleavings-session.ts';
import type { Action, Misbehaviour, Setting } from './random-actions.ts';
import { credentials, type World } from './world.ts';

/** A page with its user, who does what comes to mind. */
export interface Page {
  readonly platform: FakePlatform;
  start(): void;
  stop(): void;
  perform(action: Action): Promise<void>;
  /** From now on nobody does anything by themselves. */
  calm(): void;
  /** Checks what has to be true whenever nothing is left to be done at once. */
  check(): void;
  areSettled(): boolean;
  /** Checks what is left when all is over. */
  checkEnd(): void;
}

export const createPage = (
  run: Run,
  { client, platform, leaks }: World,
  strict: StrictServer,
  setting: Setting,
  entries: Entries,
): Page => {
  const { server } = strict;
  const { wrong, note } = run;
  const asked = new Set<string>();
  let undo: (() => void) | undefined;
  let asks = 0;

  const calls = createCallJudge(run, server, client, setting, () => undo !== undefined);
  const judge = createSessionJudge(run, client, strict, entries, setting);

  /** Each of these has to settle, whatever happens. */
  const expectEnd = (what: string, promise: Promise<unknown>) => {
    const name = `${what} ${asks++}`;
    asked.add(name);
    const settle = () => asked.delete(name);
    promise.then(settle, settle);
  };

  const signIn = (user: string, fails: boolean) => {
    if (strict.isRefreshing()) note('sign-in during a refresh');
    entries.mayEnter = true;
    expectEnd('sign-in', client.signIn(fails ? { user, password: 'wrong' } : credentials(user)));
  };

  const signOut = () => {
    if (strict.isRefreshing()) note('sign-out during a refresh');
    strict.forgotten();
    // Listeners may sign in while this is told.
    entries.mayEnter = entries.unmetSince !== undefined;
    expectEnd('sign-out', client.signOut());
    if (client.getSession().status !== 'unauthenticated') wrong.push('somebody was signed in after a sign-out');
  };

  const refresh = () => {
    judge.doubt();
    expectEnd('refresh', judge.whileWanted(client.refresh()));
  };

  const stop = () => {
    if (undo === undefined) return;
    if (strict.isRefreshing()) note('stop during a refresh');
    undo();
    undo = undefined;
  };

  const start = () => {
    if (undo !== undefined) return;
    if (strict.isRefreshing()) note('start during a refresh');
    undo = client.start();
  };

  const misbehave = (does: Exclude<Misbehaviour, 'throw' | 'leave'>) => {
    switch (does) {
      case 'call':
        return calls.make({ signal: false, posts: true, relogin: undefined });
      case 'sign-in':
        return signIn('ann', false);
      case 'sign-out':
        return signOut();
      case 'refresh':
        return refresh();
      case 'abort':
        return void calls.abort(0);
      case 'stop':
        if (undo === undefined) return;
        stop();
        return start();
    }
  };

  const listeners = createBadListeners(run, client, misbehave);
  listeners.listen(true);
  judge.listen(calls);
  listeners.listen(false);

  const perform = async (action: Action): Promise<void> => {
    switch (action.do) {
      case 'call':
        return calls.make(action);
      case 'token':
        return calls.takeToken(action);
      case 'abort': {
        const call = calls.abort(action.nth);
        await flush();
        if (call !== undefined && !call.isSettled) wrong.push('an aborted call went on');
        return;
      }
      case 'sign-in':
        return signIn(action.user, action.fails);
      case 'sign-out':
        return signOut();
      case 'refresh':
        return refresh();
      case 'stop':
        return stop();
      case 'start':
        return start();
      case 'revoke':
        judge.doubt();
        return server.revokeTokens();
      case 'end':
        judge.doubt();
        entries.mayEnter ||= action.user !== null;
        entries.unmetSince = action.user === null ? undefined : run.now();
        if (action.user === null) server.end('revoked');
        else server.enter(action.user);
        return;
      case 'pass':
        return platform.advance(action.ms);
      case 'wall':
      case 'sleep':
        judge.doubt();
        if (client.getSession().status === 'authenticated') note(`${action.do} while signed in`);
        strict.woken();
        if (action.do === 'wall') platform.setWall(action.isBack ? -action.ms : action.ms);
        else platform.sleep(action.ms);
        return;
      case 'listen':
        return listeners.arm(action.where, action.isEarly, action.does);
      case 'reload':
        return;
      case 'restored':
        judge.doubt();
        if (strict.isRefreshing()) note('restored during a refresh');
        strict.restored();
        return platform.happen('restored');
      default:
        if (action.do === 'online' || action.do === 'resumed') strict.woken();
        return platform.happen(action.do);
    }
  };

  return {
    platform,
    start,
    stop,
    perform,
    calm: listeners.calm,
    check: judge.check,
    areSettled: () => calls.areSettled() && asked.size === 0,
    checkEnd: () => {
      if (!calls.areSettled()) wrong.push('a call never settled');
      if (asked.size > 0) wrong.push(`never settled: ${[...asked].join()}`);
      judge.checkEnd();
      if (platform.timers() - server.timers() > 0) wrong.push('a timer was left');
      if (platform.listeners() > 0) wrong.push('a listener was left');
      if (platform.reported.length !== listeners.thrown()) wrong.push(`reported: ${platform.reported.join()}`);
      if (leaks().length > 0) wrong.push('a secret could be read');
    },
  };
};

/** How long it takes, at most, until nothing is left of a page that was stopped. */
export const restMs = ({ holdTimeoutMs }: Setting): number => keyMs + 2 * timeoutMs + holdTimeoutMs;

import type { Answer, FakeServer, ServerOptions } from './fake-server.ts';

/** Where a page stands when its refresh meets a fault. */
export type SituationName = 'starting' | 'hadSession' | 'expired' | 'valid';

type CallOutcome = 200 | 'UnauthenticatedError' | 'RefreshUnavailableError';

/** One row of the matrix: what the refresh endpoint does, and all that is promised of it. */
export interface Fault {
  readonly fault: string;
  readonly answer: (server: FakeServer) => Answer;
  readonly form?: ServerOptions['form'];
  readonly effect: 'kept' | 'ended' | 'goes on';
  /** What the session is then: its status, and its reason or its problem. */
  readonly shows: Readonly<Record<SituationName, string>>;
  readonly shownAfterMs: number;
  /** What a call gets that waits for the token, if the fault is met once and the server is well again. */
  readonly waiting: CallOutcome;
  /** What a call gets that is made while the token is still valid. */
  readonly meanwhile: CallOutcome;
  /** What a call gets that is made when the fault has been met three times in a row, or at its one time. */
  readonly later: CallOutcome | 'RefreshUnavailableError at once';
  /** When the next request follows by itself, at the least and at the most. */
  readonly again: readonly [atLeastMs: number, atMostMs: number] | 'never';
  /** Whether `online` or becoming visible brings it forward. */
  readonly hint: 'at once' | 'never before' | 'no' | '`online`, after 5 s';
}

type Expected = Omit<Fault, 'fault' | 'answer' | 'form'>;

/** It says nothing about the session, which goes on; `problem` is its kind and status. */
export const kept = (problem: string): Expected => ({
  effect: 'kept',
  shows: {
    starting: `loading (${problem})`,
    hadSession: `loading (${problem})`,
    expired: `authenticated (${problem})`,
    valid: `authenticated (${problem})`,
  },
  shownAfterMs: 100,
  waiting: 200,
  meanwhile: 200,
  later: 'RefreshUnavailableError at once',
  again: [500, 500],
  hint: 'at once',
});

/** It says nothing about the session, and when to come back. Within 10 s, calls wait for it. */
export const keptFor = (ms: number, problem: string): Expected => ({
  ...kept(problem),
  waiting: ms < 10_000 ? 200 : 'RefreshUnavailableError',
  again: [ms, ms],
  hint: 'never before',
});

/** There is no answer to judge: calls wait for it as long as they may, and it is presumed lost after a while. */
export const unanswered: Expected = {
  ...kept('timeout'),
  shownAfterMs: 10_000,
  waiting: 'RefreshUnavailableError',
  later: 'RefreshUnavailableError',
  again: [15_000, 15_000],
  hint: '`online`, after 5 s',
};

/** The server has ended the session, and nothing is asked any more. */
export const ended = (reason: 'expired' | 'revoked' | 'reused'): Expected => ({
  effect: 'ended',
  shows: {
    starting: 'unauthenticated (anonymous)',
    hadSession: 'unauthenticated (expired)',
    expired: `relogin-required (${reason})`,
    valid: `relogin-required (${reason})`,
  },
  shownAfterMs: 100,
  waiting: 'UnauthenticatedError',
  meanwhile: 'UnauthenticatedError',
  later: 'UnauthenticatedError',
  again: 'never',
  hint: 'no',
});

const goesOn: Expected = {
  effect: 'goes on',
  shows: {
    starting: 'authenticated',
    hadSession: 'authenticated',
    expired: 'authenticated',
    valid: 'authenticated',
  },
  shownAfterMs: 100,
  waiting: 200,
  meanwhile: 200,
  later: 200,
  again: 'never',
  hint: 'no',
};

/** A token of five minutes, renewed when a fifth of them is left, give or take a tenth of that fifth. */
export const goesOnFor5Min: Expected = { ...goesOn, again: [234_000, 246_000] };

/** A token that does not say how long it lives: used until an API refuses it. */
export const goesOnUntil401: Expected = goesOn;

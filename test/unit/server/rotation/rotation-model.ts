import { decideRefresh, type RotationPolicy } from '../../../../src/server/rotation/decide-refresh.ts';
import { decideUse } from '../../../../src/server/rotation/decide-use.ts';
import { endRecord, type SessionRecord, startSession } from '../../../../src/server/rotation/session-record.ts';
import { DAY, MINUTE, SECOND } from '../fixture.ts';

/** What can happen next; `pick` chooses among what is in flight or among the thief's loot. */
export type Step =
  | { kind: 'refresh' | 'presume-lost' | 'reload' | 'use' | 'sign-out' }
  | { kind: 'arrive' | 'duplicate' | 'lose-request' | 'answer' | 'lose-answer'; pick: number }
  | { kind: 'thief-refresh' | 'thief-use'; pick: number }
  /** The store fails over to a copy that lacks the latest writes. */
  | { kind: 'set-back'; writes: number }
  | { kind: 'wait'; ms: number };

export interface World {
  now: number;
  session: SessionRecord;
  /** How often the server did what; the floors of the property test count them. */
  seen: Record<string, number>;
  /** A refresh the honest browser was denied, if there was one. */
  denied: string | undefined;
  /** What of the client's own doing was known of the request that was denied first. */
  deniedAs: Denied | undefined;
  /** Whether tokens were given out after the session had ended. */
  revived: boolean;
  /** Whether anybody but the honest browser did something. */
  robbed: boolean;
  signedOut: boolean;
}

export const POLICY: RotationPolicy = {
  idleTimeoutMs: 14 * DAY,
  graceMs: 10 * SECOND,
  retryWindowMs: MINUTE,
  recoveryMs: DAY,
  shortSession: { idleTimeoutMs: 2 * 60 * MINUTE },
  maxReplaysInARow: 5,
};

/** What is known of a request that cost an honest browser its session. */
interface Denied {
  /** It brought the token just replaced, within the grace. */
  withinGrace: boolean;
  /** It brought a token from before that one: two rotations have overtaken it. */
  overtaken: boolean;
  /** It repeats an keyedRefresh that was not answered within the life of its key, so it bears another one. */
  outlivedKey: boolean;
}

// The client's promise: one key for a minute, and a second request beside one in flight only where that is presumed lost. It
// bears the same key then, and so does the next refresh while one of them is still under way.
const KEY_LIFE_MS = MINUTE;

interface KeyedRefresh {
  key: string;
  sentAt: number;
  settled: boolean;
  /** The keyedRefresh before had no answer when its key was too old to be used again. */
  outlivedKey: boolean;
}

interface Flight {
  keyedRefresh: KeyedRefresh;
  generation: number;
  /** The network's own doing: the client knows nothing of it. */
  isCopy?: boolean;
  /** The page that sent it is still there to read the answer's body. */
  page: number;
}

/**
 * One honest browser, one thief, one session, on a bad network.
 *
 * Its network loses, delays, reorders and duplicates, within what the client counts on: a request
 * arrives while its key is valid, or never, and an answer before the next keyedRefresh begins, or never
 * (docs/security.md says what a later one costs). A request that is presumed lost is repeated beside
 * the first one, and either may be answered first, or both.
 */
export function simulate(steps: readonly Step[], policy: RotationPolicy = POLICY): World {
  const world: World = {
    now: 0,
    session: startSession('s', 'ann', 0, { ...policy, absoluteTimeoutMs: 90 * DAY }),
    seen: {},
    denied: undefined,
    deniedAs: undefined,
    revived: false,
    robbed: false,
    signedOut: false,
  };
  // What the store held after each write.
  let records = [world.session];
  let jar = 1;
  let accessToken: number | undefined = 1;
  let page = 1;
  let keys = 0;
  let keyedRefresh: KeyedRefresh | undefined;
  let requests: Flight[] = [];
  let answers: Flight[] = [];

  function count(name: string): void {
    world.seen[name] = (world.seen[name] ?? 0) + 1;
  }

  function serve(generation: number, keyHash: string | undefined): { action: string; generation: number } {
    const wasActive = world.session.state === 'active';
    const decision = decideRefresh(world.session, { generation, keyHash }, world.now, policy);
    if ('session' in decision) world.session = decision.session;
    const { action } = decision;
    count(action);
    if (!wasActive && action !== 'reject') world.revived = true;
    return { action, generation: world.session.generation };
  }

  function use(generation: number): void {
    const wasActive = world.session.state === 'active';
    const decision = decideUse(world.session, generation, world.now);
    if ('session' in decision) world.session = decision.session;
    count(`use: ${decision.action}`);
    if (!wasActive && decision.action === 'accept') world.revived = true;
    if (decision.action === 'reuse' && !world.robbed) world.denied ??= 'use';
  }

  const isUnderWay = (what: KeyedRefresh): boolean =>
    [...requests, ...answers].some((flight) => flight.keyedRefresh === what && flight.isCopy !== true);

  function send(): void {
    const keyIsYoung = keyedRefresh !== undefined && world.now - keyedRefresh.sentAt < KEY_LIFE_MS;
    if (keyedRefresh === undefined || !keyIsYoung || (keyedRefresh.settled && !isUnderWay(keyedRefresh))) {
      keys += 1;
      const outlivedKey = keyedRefresh !== undefined && !keyedRefresh.settled;
      keyedRefresh = { key: `k${keys}`, sentAt: world.now, settled: false, outlivedKey };
      answers = [];
    }
    requests.push({ keyedRefresh, generation: jar, page });
  }

  function forget(): void {
    const isAlive = (flight: Flight): boolean => world.now - flight.keyedRefresh.sentAt < KEY_LIFE_MS;
    requests = requests.filter(isAlive);
    answers = answers.filter(isAlive);
  }

  function arrive(flight: Flight): void {
    const { rotatedAt, parent } = world.session;
    const { action, generation } = serve(flight.generation, flight.keyedRefresh.key);
    if (action === 'reuse' || action === 'reject') {
      if (world.robbed || world.signedOut || world.denied !== undefined) return;
      world.denied = action;
      world.deniedAs = {
        withinGrace: flight.generation === parent && world.now - rotatedAt < policy.graceMs,
        overtaken: parent !== null && flight.generation < parent,
        outlivedKey: flight.keyedRefresh.outlivedKey,
      };
    } else if (action !== 'duplicate' && flight.keyedRefresh === keyedRefresh) {
      answers.push({ ...flight, generation });
    }
  }

  function take(flights: Flight[], pick: number): Flight | undefined {
    return flights.splice(pick % Math.max(1, flights.length), 1)[0];
  }

  for (const step of steps) {
    if (records.at(-1) !== world.session) records.push(world.session);
    switch (step.kind) {
      case 'refresh': {
        const isInFlight = [...requests, ...answers].some((flight) => flight.page === page);
        if (!isInFlight) send();
        break;
      }
      case 'presume-lost':
        if (keyedRefresh === undefined || keyedRefresh.settled || !isUnderWay(keyedRefresh)) break;
        count('presumed lost');
        send();
        break;
      case 'reload':
        page += 1;
        accessToken = undefined;
        send();
        break;
      case 'arrive':
      case 'duplicate': {
        const flight = take(requests, step.pick);
        if (flight && step.kind === 'duplicate') requests.push({ ...flight, isCopy: true });
        if (flight) arrive(flight);
        break;
      }
      case 'lose-request':
        take(requests, step.pick);
        break;
      case 'lose-answer':
        if (take(answers, step.pick)) count('lost answer');
        break;
      case 'answer': {
        const flight = take(answers, step.pick);
        if (!flight) break;
        jar = flight.generation;
        if (flight.keyedRefresh.settled) count('answered twice');
        if (flight.page === page) {
          accessToken = flight.generation;
          flight.keyedRefresh.settled = true;
        }
        break;
      }
      case 'use':
        if (accessToken !== undefined) use(accessToken);
        break;
      case 'set-back':
        records = records.slice(0, Math.max(1, records.length - step.writes));
        world.session = records.at(-1) ?? world.session;
        count('set back');
        break;
      case 'sign-out':
        world.signedOut = true;
        if (world.session.state === 'active') world.session = endRecord(world.session, 'revoked');
        break;
      case 'thief-refresh':
        world.robbed = true;
        count(`thief: ${serve(1 + (step.pick % world.session.generation), undefined).action}`);
        break;
      case 'thief-use':
        world.robbed = true;
        use(1 + (step.pick % world.session.generation));
        break;
      case 'wait':
        world.now += step.ms;
        forget();
        break;
    }
  }
  return world;
}

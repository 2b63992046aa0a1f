import { decideUse } from '../../../src/server/access-use.ts';
import { endFamily, type FamilyRecord, startFamily } from '../../../src/server/family.ts';
import { decideRefresh, type RotationPolicy } from '../../../src/server/rotation.ts';
import { DAY, MINUTE, SECOND } from './fixture.ts';

/** What can happen next; `pick` chooses among what is in flight or among the thief's loot. */
export type Step =
  | { kind: 'refresh' | 'reload' | 'use' | 'sign-out' }
  | { kind: 'arrive' | 'duplicate' | 'lose-request' | 'answer' | 'lose-answer'; pick: number }
  | { kind: 'thief-refresh' | 'thief-use'; pick: number }
  | { kind: 'wait'; ms: number };

export interface World {
  now: number;
  family: FamilyRecord;
  /** How often the server did what; the floors of the property test count them. */
  seen: Record<string, number>;
  /** A refresh the honest browser was denied, if there was one. */
  denied: string | undefined;
  /** Whether tokens were given out after the family had ended. */
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
};

// The client's promise: one key for a minute, and no second exchange while one is in flight.
const EXCHANGE_MS = MINUTE;

interface Exchange {
  key: string;
  sentAt: number;
  settled: boolean;
}

interface Flight {
  exchange: Exchange;
  generation: number;
  /** The page that sent it is still there to read the answer's body. */
  page: number;
}

/**
 * One honest browser, one thief, one family, on a bad network.
 *
 * Its network loses, delays, reorders and duplicates, within what the client counts on: a request
 * arrives while its key is valid, or never, and an answer before the next exchange begins, or never
 * (docs/security.md says what a later one costs).
 */
export function simulate(steps: readonly Step[], policy: RotationPolicy = POLICY): World {
  const world: World = {
    now: 0,
    family: startFamily('s', 'ann', 0, { ...policy, absoluteTimeoutMs: 90 * DAY }),
    seen: {},
    denied: undefined,
    revived: false,
    robbed: false,
    signedOut: false,
  };
  let jar = 1;
  let accessToken: number | undefined = 1;
  let page = 1;
  let keys = 0;
  let exchange: Exchange | undefined;
  let requests: Flight[] = [];
  let answers: Flight[] = [];

  function count(name: string): void {
    world.seen[name] = (world.seen[name] ?? 0) + 1;
  }

  function serve(generation: number, keyHash: string | undefined): { action: string; generation: number } {
    const wasActive = world.family.state === 'active';
    const decision = decideRefresh(world.family, { generation, keyHash }, world.now, policy);
    if ('family' in decision) world.family = decision.family;
    const { action } = decision;
    count(action);
    if (!wasActive && action !== 'reject') world.revived = true;
    return { action, generation: world.family.generation };
  }

  function use(generation: number): void {
    const wasActive = world.family.state === 'active';
    const decision = decideUse(world.family, generation, world.now);
    if ('family' in decision) world.family = decision.family;
    count(`use: ${decision.action}`);
    if (!wasActive && decision.action === 'accept') world.revived = true;
    if (decision.action === 'reuse' && !world.robbed) world.denied ??= 'use';
  }

  function send(): void {
    const keyIsYoung = exchange !== undefined && world.now - exchange.sentAt < EXCHANGE_MS;
    if (exchange === undefined || exchange.settled || !keyIsYoung) {
      keys += 1;
      exchange = { key: `k${keys}`, sentAt: world.now, settled: false };
      answers = [];
    }
    requests.push({ exchange, generation: jar, page });
  }

  function forget(): void {
    const isAlive = (flight: Flight): boolean => world.now - flight.exchange.sentAt < EXCHANGE_MS;
    requests = requests.filter(isAlive);
    answers = answers.filter(isAlive);
  }

  function arrive(flight: Flight): void {
    const { action, generation } = serve(flight.generation, flight.exchange.key);
    if (action === 'reuse' || action === 'reject') {
      if (!world.robbed && !world.signedOut) world.denied ??= action;
    } else if (action !== 'duplicate' && flight.exchange === exchange) {
      answers.push({ ...flight, generation });
    }
  }

  function take(flights: Flight[], pick: number): Flight | undefined {
    return flights.splice(pick % Math.max(1, flights.length), 1)[0];
  }

  for (const step of steps) {
    switch (step.kind) {
      case 'refresh': {
        const isInFlight = [...requests, ...answers].some((flight) => flight.page === page);
        if (!isInFlight) send();
        break;
      }
      case 'reload':
        page += 1;
        accessToken = undefined;
        send();
        break;
      case 'arrive':
      case 'duplicate': {
        const flight = take(requests, step.pick);
        if (flight && step.kind === 'duplicate') requests.push(flight);
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
        if (flight.page === page) {
          accessToken = flight.generation;
          flight.exchange.settled = true;
        }
        break;
      }
      case 'use':
        if (accessToken !== undefined) use(accessToken);
        break;
      case 'sign-out':
        world.signedOut = true;
        if (world.family.state === 'active') world.family = endFamily(world.family, 'revoked');
        break;
      case 'thief-refresh':
        world.robbed = true;
        count(`thief: ${serve(1 + (step.pick % world.family.generation), undefined).action}`);
        break;
      case 'thief-use':
        world.robbed = true;
        use(1 + (step.pick % world.family.generation));
        break;
      case 'wait':
        world.now += step.ms;
        forget();
        break;
    }
  }
  return world;
}

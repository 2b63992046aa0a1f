import { answering, type Fault } from '../../browser/harness/faults.ts';
import type { Reuse } from '../server/families.ts';
import type { Subject } from '../subjects.ts';
import { type Bench, call, dueAt, expiresAt, isSignedIn, ROUNDING_MS, sleep, sleepUntil, withWorld } from './world.ts';

export interface Survival {
  /** The user is signed in, and calls succeed, once the access token from before has ended. */
  readonly kept: boolean;
  /** The app is signed in by another session than before, which the provider gave without asking the user. */
  readonly byProvider: boolean;
}

const OUTAGE_MS = 6_000;

export const FAULTS = {
  'answers 503': answering(503),
  'answers 500': answering(500),
  'answers 429': answering(429),
  'cannot be reached': { answer: () => new Response(), drop: true },
} satisfies Record<string, Fault>;

/** The refresh endpoint fails for six seconds, from when the access token has to be replaced. */
export function outage(bench: Bench, subject: Subject, fault: Fault): Promise<Survival> {
  return survive(bench, subject, fault, { reuse: 'strict', times: Number.POSITIVE_INFINITY });
}

/** One refresh is done by the server, and its answer does not arrive. */
export function lostResponse(bench: Bench, subject: Subject, reuse: Reuse): Promise<Survival> {
  return survive(bench, subject, { drop: true }, { reuse, times: 1 });
}

function survive(
  bench: Bench,
  subject: Subject,
  fault: Fault,
  { reuse, times }: { readonly reuse: Reuse; readonly times: number },
): Promise<Survival> {
  return withWorld(bench, subject, { reuse, dueInMs: 5_000 }, async (world) => {
    const { page, server } = world;
    const { families } = server;
    const callUntil = async (at: number) => {
      while (Date.now() < at) {
        await call(page);
        await sleep(1_500);
      }
    };
    server.meet(fault, times);
    const expiry = expiresAt(world);
    await sleepUntil(dueAt(world) + ROUNDING_MS);
    const liftAt = Date.now() + OUTAGE_MS;
    await callUntil(liftAt);
    server.lift();
    await callUntil(Math.max(liftAt + 8_000, expiry + 4_000));
    const isWell = async () => (await isSignedIn(page)) && (await call(page)) === 200;
    let kept = await isWell();
    // A library may ask no more than once a minute.
    while (!kept && Date.now() < liftAt + 75_000 && families.all.some(({ revoked }) => !revoked)) {
      await sleep(3_000);
      kept = await isWell();
    }
    return { kept, byProvider: kept && families.all.length > 1 };
  });
}

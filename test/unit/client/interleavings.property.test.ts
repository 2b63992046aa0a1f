import { expect, it } from 'vitest';
import { holdCalls } from '../../../src/requests/waiting/hold-calls.ts';
import { flush } from '../fake-platform.ts';
import fc from '../random.ts';
import { createPage, type Page, restMs } from './interleavings-page.ts';
import { keyMs, type Run, timeoutMs } from './interleavings-run.ts';
import { createStrictServer } from './interleavings-server.ts';
import type { Entries } from './interleavings-session.ts';
import { type Action, actions, type Setting, setting } from './random-actions.ts';
import { createWorld, type World } from './world.ts';

/** How often, at least, a thousand runs come to each. */
const floors = {
  'call 200': 300,
  'call 401': 1,
  'call UnauthenticatedError': 800,
  'call UserChangedError': 100,
  'call RefreshUnavailableError': 300,
  'call AbortError': 20,
  'call TypeError': 100,
  'token given': 20,
  'user left': 200,
  replay: 10,
  'refresh-failed': 400,
  'session-ended': 500,
  'session-ended by an answer': 200,
  'sign-in during a refresh': 200,
  'sign-out during a refresh': 60,
  'stop during a refresh': 100,
  'start during a refresh': 3,
  'restored during a refresh': 8,
  'reload during a refresh': 50,
  'refresh during one of the page before': 8,
  'refresh during one presumed lost': 8,
  'lost answer repeated': 15,
  'sleep while signed in': 100,
  'wall while signed in': 10,
  'sign-out: lost': 40,
  'sign-out: never': 40,
  'held, then sent': 25,
  'held: sent': 30,
  'held: user-changed': 25,
  'held: timed-out': 60,
  'held: no-room': 80,
  'held: aborted': 5,
  'held: signed-out': 2,
  'listener: throw': 10,
  'listener: leave': 10,
  'listener: call': 8,
  'listener: abort': 10,
  'listener: refresh': 10,
  'listener: sign-in': 8,
  'listener: sign-out': 10,
  'listener: stop': 8,
};

/** Plays one run; returns the promises that were not kept. */
const play = async (
  steps: readonly Action[],
  given: Setting,
  schedule: fc.Scheduler,
  note: (what: string) => void,
): Promise<string[]> => {
  const set = { ...given, refreshes: [...given.refreshes], signOuts: [...given.signOuts] };
  let pages = 0;
  /** True time is the server's, which began with the first page. */
  let lagMs = 0;
  const entries: Entries = { mayEnter: true, unmetSince: undefined };
  const clock = () => world.platform.clock.now();
  const run: Run = {
    schedule,
    wrong: [],
    note,
    now: () => clock().monotonicAt + lagMs,
    wallAt: () => clock().wallAt,
    page: () => pages,
  };
  const strict = createStrictServer(run, set);
  const { relogin, maxHeldCalls, holdTimeoutMs } = set;
  const hold = { max: maxHeldCalls, timeoutMs: holdTimeoutMs, byDefault: relogin === 'hold' };
  const client = { relogin: holdCalls(hold) };

  const open = (stored = new Map<string, string>()): World =>
    createWorld({ audited: false, at: strict.server, client, stored });
  let world = open();
  lagMs = -clock().monotonicAt;
  let page: Page = createPage(run, world, strict, set, entries);

  /** The page is loaded anew: whatever was under way there is heard of no more, but by the server and the cookie jar. */
  const reload = async () => {
    if (strict.isRefreshing()) note('reload during a refresh');
    // A sign-in that the server has answered may be news to everybody.
    entries.mayEnter ||= strict.isSigningIn();
    const [at, wallAt] = [run.now(), run.wallAt()];
    pages++;
    world = open(world.platform.stored);
    lagMs = at - clock().monotonicAt;
    world.platform.setWall(wallAt - clock().wallAt);
    page = createPage(run, world, strict, set, entries);
    page.start();
  };

  if (set.first !== undefined) strict.server.enter(set.first);
  page.start();
  await flush();
  const { task } = schedule.scheduleSequence(
    steps.map((step) => ({
      label: JSON.stringify(step),
      builder: async () => {
        if (step.do === 'reload') await reload();
        else await page.perform(step);
        await flush();
        page.check();
      },
    })),
  );
  await schedule.waitFor(task);

  if (set.stopsEarly) page.stop();
  page.calm();
  const lastAt = run.now() + 5 * keyMs;
  while (schedule.count() > 0 || (!page.areSettled() && run.now() < lastAt)) {
    while (schedule.count() > 0) {
      await schedule.waitOne();
      await flush();
      page.check();
    }
    await page.platform.advance(timeoutMs);
  }
  page.stop();
  await page.platform.advance(restMs(set));
  page.checkEnd();
  return run.wrong;
};

it('keeps its promises in whatever order things happen', async () => {
  const reached: Record<string, number> = {};
  const note = (what: string) => {
    reached[what] = (reached[what] ?? 0) + 1;
  };
  await fc.assert(
    fc.asyncProperty(actions, setting, fc.scheduler(), async (steps, set, schedule) => {
      expect(await play(steps, set, schedule, note)).toEqual([]);
    }),
    { numRuns: 1000 },
  );

  // A property that has stopped reaching what it is about proves nothing.
  for (const [what, floor] of Object.entries(floors)) expect(reached[what] ?? 0, what).toBeGreaterThanOrEqual(floor);
}, 120_000);

import { createFakeBrowser, type FakeTab } from './fake-browser.ts';
import { type Call, type Deed, mix, type Scenario } from './model-scenario.ts';
import type { Passing } from './passing.ts';
import { createStrictServer } from './strict-server.ts';

/** Lets everything go on that waits for a promise alone. */
const settle = async (): Promise<void> => {
  for (let n = 0; n < 80; n++) await null;
};

interface Timer {
  readonly tab: string;
  readonly delayMs: number;
  readonly at: number;
  readonly callback: () => void;
}

/** A browser with a strict server in which nothing happens by itself: what is on its way, and time, wait to be let go. */
export const createModelWorld = async (scenario: Scenario) => {
  let nowMs = 1000;
  let ids = 0;
  const timers = new Map<number, Timer>();
  const pending: Passing[] = [];
  /** On its way for so long that nobody counts on it any more. */
  const hanging: Passing[] = [];
  const seen = new Map<string, number>();
  const calls: Call[] = [];
  const errors: unknown[] = [];
  const buried = new Set<string>();
  const now = () => ({ wallAt: 1_700_000_000_000 + nowMs, monotonicAt: nowMs });
  const { namesSession = true, tolerance = 'keys' } = scenario;
  const server = createStrictServer({ now: () => nowMs, namesSession, tolerance });
  /** To a dead tab: its answers still set cookies, and all else is nothing to anybody. */
  const isInVain = ({ tab, passage }: Passing) => buried.has(tab) && passage !== 'request' && passage !== 'answer';
  const note = (tab: string, what: string) => void seen.set(tab, mix(seen.get(tab) ?? 0, what));

  const browser = createFakeBrowser({
    network: server.network,
    ...(scenario.storage && { storage: scenario.storage }),
    ...(scenario.keepsListening && { keepsListening: true }),
    client: scenario.client ?? {},
    observe: note,
    clockOf: (tab) => ({
      now,
      setTimer: (callback, delayMs) => {
        const id = ++ids;
        timers.set(id, { tab, delayMs, at: nowMs + delayMs, callback });
        return () => void timers.delete(id);
      },
    }),
    pass: (passing) => {
      if (isInVain(passing)) return;
      const { passage, brings } = passing;
      // An event that tells of nothing but the same session changes nothing, where what is stored is the same for all.
      const isIdle = passage === 'storage' && brings === '' && scenario.storage !== 'stale';
      const atOnce =
        isIdle || brings.includes('/api') || brings.endsWith(' false') || (passage === 'request' && !scenario.transit);
      if (!atOnce) return void pending.push(passing);
      // What comes of it depends on the order, too: at once, or when the tab wakes.
      const isAsleep = !browser.tabs.some(({ name, isLive }) => name === passing.tab && isLive());
      if (passage === 'answer' || passage === 'grant' || isAsleep)
        note(passing.tab, `at once ${passage} ${brings} ${nowMs}`);
      passing.deliver();
    },
  });

  const take = (passing: Passing) => {
    for (const all of [pending, hanging]) if (all.includes(passing)) all.splice(all.indexOf(passing), 1);
  };

  const hang = (passing: Passing) => {
    take(passing);
    hanging.push(passing);
    note(passing.tab, `hangs ${passing.passage} ${passing.brings} ${nowMs}`);
  };

  const deliver = async (passing: Passing, how: 'deliver' | 'lose' = 'deliver') => {
    take(passing);
    note(passing.tab, `${how} ${passing.passage} ${passing.brings} ${nowMs}`);
    passing[how]?.();
    await settle();
  };

  /**
   * The timers that are due first, and when; those of the dead do not count. What a tab has set at one time for one time comes in the
   * order in which it was set.
   */
  const due = () => {
    const all = [...timers].filter(([, { tab }]) => !buried.has(tab)).sort(([, a], [, b]) => a.at - b.at);
    const first = all[0]?.[1].at ?? Number.POSITIVE_INFINITY;
    const isAlike = (a: Timer, b: Timer) => a.tab === b.tab && a.at === b.at && a.delayMs === b.delayMs;
    const isNext = ([id, timer]: [number, Timer]) =>
      timer.at === first && all.find(([, other]) => isAlike(other, timer))?.[0] === id;
    return { at: first, timers: all.filter(isNext) };
  };

  const fire = async (id: number) => {
    const timer = timers.get(id);
    if (timer === undefined) return;
    timers.delete(id);
    nowMs = Math.max(nowMs, timer.at);
    note(timer.tab, `timer ${timer.delayMs} ${nowMs}`);
    timer.callback();
    await settle();
  };

  /**
   * What may arrive next: storage events keep their order, and so do messages of one channel, and what has waited for a tab to wake,
   * to which such events and messages are news of a later time.
   */
  const deliverable = (): Passing[] => {
    const lines = new Set<string>();
    const waking = new Set(pending.filter(({ passage }) => passage === 'task').map(({ tab }) => tab));
    return pending.filter(({ passage, tab, brings }) => {
      if (passage === 'request' || passage === 'answer' || passage === 'grant') return true;
      if (passage !== 'task' && waking.has(tab)) return false;
      const line = `${passage} ${tab} ${brings.slice(0, brings.indexOf(':'))} ${brings.includes('"changed"')}`;
      const isFirst = !lines.has(line);
      lines.add(line);
      return isFirst;
    });
  };

  /** Lets all arrive, in order, and time pass. */
  const pass = async (ms: number) => {
    const endAt = nowMs + ms;
    for (;;) {
      const [next] = deliverable();
      if (next !== undefined) {
        await deliver(next);
        continue;
      }
      const { at, timers: first } = due();
      if (first[0] === undefined || at > endAt) break;
      await fire(first[0][0]);
    }
    nowMs = endAt;
  };

  const { open } = browser;

  /** A tab is dead: what was to happen in it is no choice any more, as it would change nothing. */
  const bury = (tab: string) => {
    buried.add(tab);
    pending.splice(0, pending.length, ...pending.filter((one) => !isInVain(one)));
  };

  const perform = async (tab: FakeTab, deed: Deed) => {
    note(tab.name, `${deed} ${nowMs}`);
    const { client } = tab;
    if (deed === 'start') client.start();
    if (deed === 'sign-out') client.signOut().catch((error) => errors.push(error));
    if (deed.startsWith('sign-in'))
      client.signIn({ user: deed.slice(8), password: 'pass-word' }).catch((error) => errors.push(error));
    if (deed === 'call') {
      const call: Call = {
        tab: tab.name,
        madeAt: nowMs,
        by: client.getSession().claims?.user,
        isLate: pending.some((one) => one.tab === tab.name && one.brings.includes('"token"')),
      };
      calls.push(call);
      const done = (what: unknown) => Object.assign(call, { settledAt: nowMs, outcome: what });
      client.authFetch('/api').then(
        async (response) => {
          done(response.status);
          if (response.ok) call.user = ((await response.json()) as { user: string }).user;
        },
        (error: Error) => done(error.name),
      );
    }
    await settle();
  };

  const key = (): string => {
    const held = browser.locks.names().map((name) => [name, browser.locks.queue(name)]);
    const told = ({ passage, tab, brings }: Passing) => `${tab} ${passage} ${brings}`;
    const waiting = [...pending.map(told), ...hanging.map((one) => `${told(one)} hangs`)];
    const lines = new Map<string, string[]>();
    for (const one of waiting) lines.set(one.slice(0, 8), [...(lines.get(one.slice(0, 8)) ?? []), one]);
    return String(
      mix(
        mix(0, JSON.stringify([nowMs, [...seen].sort(), held.sort(), [...lines].sort()])),
        JSON.stringify([[...browser.stored], server.state(), browser.tabs.map((tab) => tab.isLive())]),
      ),
    );
  };

  const users = scenario.deeds.length;
  if (scenario.from !== 'restored') {
    server.enter('ann');
    for (let tab = 0; tab < users; tab++) {
      await perform(open(), 'start');
      await pass(1000);
    }
    if (scenario.from === 'expiry') {
      for (const tab of browser.tabs) tab.happen('hidden');
      await pass(300_000);
    }
  } else {
    server.enter('ann');
    await perform(open(), 'start');
    await pass(1000);
    if (scenario.wasLeft) browser.tabs[0]?.happen('left');
    browser.tabs[0]?.close();
    if (scenario.isCleared) browser.stored.clear();
    for (let tab = 0; tab < users; tab++) open();
  }
  const first = browser.tabs.length - users;
  server.refreshes.length = 0;
  server.asked = 0;
  server.peak = 0;
  server.calls.length = 0;
  return {
    browser,
    tabs: browser.tabs.slice(first),
    server,
    calls,
    errors,
    pending,
    hanging,
    hang,
    note,
    /** Nothing has happened in a tab since it was opened. */
    isFresh: (tab: string) => !seen.has(tab),
    now: () => nowMs,
    deliver,
    deliverable,
    due,
    fire,
    pass,
    open,
    bury,
    perform,
    key,
    settle,
  };
};

export type ModelWorld = Awaited<ReturnType<typeof createModelWorld>>;

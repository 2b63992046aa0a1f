import type { Check } from './model-explore.ts';
import { type Run, wake } from './model-run.ts';

const refreshTimeoutMs = 10_000;
const lockWaitMs = 3000;

/** A tab was frozen, or was left for a while. */
const hasSlept = (run: Run): boolean => hasHappened(run, 'freeze', 'leave');

const hasHappened = ({ disturbances }: Run, ...kinds: string[]): boolean =>
  disturbances.some((one) => kinds.includes(one));

const signsIn = ({ scenario }: Run): boolean => scenario.deeds.flat().some((deed) => deed.startsWith('sign-in'));

/** What holds at every moment. */
const always = (run: Run): string | undefined => {
  const { world, signOuts } = run;
  const { server } = world;
  if (server.reused > 0) return 'the session was taken for a theft';
  const canOverlap = hasHappened(run, 'kill', 'freeze', 'leave', 'slow', 'lose') || world.now() > 311_000;
  if (server.peak > 1 && !canOverlap && run.scenario.client?.tabs !== 'off')
    return `${server.peak} refreshes at one time`;
  for (const { at, tab, sid } of signOuts) {
    const late = server.calls.find((call) => call.sid === sid && call.at > at + 1000);
    if (late !== undefined && !hasHappened(run, 'slow'))
      return `a token was used ${late.at - at} ms after the sign-out`;
    const here = world.tabs.find(({ name }) => name === tab);
    if (!signsIn(run) && here?.client.getSession().status === 'authenticated')
      return 'signed in after its own sign-out';
  }
  for (const call of world.calls) {
    const tab = world.tabs.find(({ name }) => name === call.tab);
    if (tab === undefined || run.asleep.has(tab) || run.dead.has(tab)) continue;
    const tookMs = (call.settledAt ?? world.now()) - call.madeAt;
    if (tookMs > 2 * refreshTimeoutMs && !hasSlept(run)) return `a call took ${tookMs} ms`;
    const by = (call.by as { id?: string } | undefined)?.id;
    if (call.user !== undefined && by !== undefined && by !== call.user)
      return `a call of ${by} was sent as ${call.user}`;
  }
  const isThrownAway = ({ name }: { name: string }) =>
    run.path.includes(`leave ${name}`) && !run.path.includes(`kill ${name}`);
  const thrownAway = [...run.dead].find(isThrownAway);
  if (thrownAway !== undefined && signOuts.length === 0 && !signsIn(run))
    return `${thrownAway.name} was thrown away, though nobody signed in or out`;
  return undefined;
};

/** What holds when all is over. */
const atTheEnd = async (run: Run): Promise<string | undefined> => {
  const { world, scenario, signOuts } = run;
  const { server, tabs, calls } = world;
  const isClearedAtMost = run.disturbances.every((one) => one === 'clear');
  for (const tab of run.asleep) wake(run, tab);
  const live = tabs.filter((tab) => !run.dead.has(tab));
  await world.settle();
  await world.pass(calls.every(({ settledAt }) => settledAt !== undefined) ? 2000 : 25_000);
  const wrong = always(run);
  if (wrong !== undefined) return `${wrong} (at the end)`;

  for (const call of calls.filter(({ tab }) => live.some(({ name }) => name === tab))) {
    if (call.settledAt === undefined) return `a call of ${call.tab} never settled`;
    const tookMs = call.settledAt - call.madeAt;
    if (run.path.includes(`freeze ${call.tab}`) || run.path.includes(`leave ${call.tab}`)) continue;
    if (signOuts.length > 0 || signsIn(run)) continue;
    if (hasHappened(run, 'slow', 'lose')) {
      if (call.outcome !== 200 && call.outcome !== 'RefreshUnavailableError') return `a call ended as ${call.outcome}`;
      continue;
    }
    if (call.outcome !== 200) return `a call of ${call.tab} ended as ${call.outcome}`;
    if (hasSlept(run)) {
      if (tookMs > 2 * lockWaitMs + 200) return `a frozen tab cost the call of ${call.tab} ${tookMs} ms`;
    } else if (tookMs > 1000) return `a call of ${call.tab} took ${tookMs} ms`;
  }
  if (isClearedAtMost && signOuts.length === 0 && !signsIn(run)) {
    const isShared = (scenario.client?.tabs ?? 'share') === 'share';
    // A tab that does not see yet what another one has just written believes that there is none, and refreshes itself.
    const seesNone = scenario.wasLeft === true && scenario.storage === 'stale';
    const expected = isShared && !seesNone ? 1 + calls.filter(({ isLate }) => isLate).length : tabs.length;
    const least = scenario.from === 'restored' || (scenario.from === 'expiry' && calls.length > 0) ? 1 : 0;
    // A response that finds storage cleared may be about the time before, and counts for nothing.
    const most = expected + run.disturbances.length;
    if (server.refreshes.length < least || server.refreshes.length > most)
      return `${server.refreshes.length} refreshes`;
  }
  if (signOuts.length > 0 && !signsIn(run)) {
    for (const tab of live) {
      const { status } = tab.client.getSession();
      if (status === 'authenticated' || status === 'relogin-required')
        return `${tab.name} is ${status} after the sign-out`;
    }
    const next = world.open();
    await world.perform(next, 'start');
    await world.pass(15_000);
    const { status } = next.client.getSession();
    if (status !== 'unauthenticated') return `a tab opened after the sign-out is ${status}`;
  }
  if (signOuts.length === 0) {
    if (server.family()?.state !== 'active') return `the session is ${server.family()?.state}`;
    const users = live.map((tab) => (tab.client.getSession().claims?.user as { id: string } | undefined)?.id);
    const shown = live.map((tab) => tab.client.getSession().status);
    if (scenario.from !== 'restored' && shown.some((status) => status !== 'authenticated')) return `tabs show ${shown}`;
    if (new Set(users.filter((user) => user !== undefined)).size > 1) return `tabs show ${users}`;
  }
  return undefined;
};

export const keepsItsPromises: Check = (run, isEnd) => (isEnd ? atTheEnd(run) : always(run));

import { type createActivity, type Mark, windowMs } from '../activity/activity.ts';
import { sharedKinds } from '../activity/marks.ts';
import { freeName, yieldsTo } from './names.ts';
import { asked, heardOf, type OtherTab } from './other-tabs.ts';
import { parseTabMessage, type TabMessage, type TabState } from './tab-message.ts';
import { tokenLife } from './token-life.ts';

export interface Tabs {
  /** What this tab is called; `undefined` while it finds out which names are taken. */
  readonly name: string | undefined;
  readonly others: readonly OtherTab[];
}

const askEveryMs = 2000;
const answerWithinMs = 150;

/** Tells the other tabs of the demo what happens in this one, and collects what they tell. */
export const createTabs = (activity: ReturnType<typeof createActivity>) => {
  const id = crypto.randomUUID();
  const listeners = new Set<() => void>();
  let tabs: Tabs = { name: undefined, others: [] };
  let namedAt = 0;
  let channel: BroadcastChannel | undefined;
  let told = '';

  const show = (change: Partial<Tabs>) => {
    tabs = { ...tabs, ...change };
    for (const listener of listeners) listener();
  };

  const mine = (): TabState | undefined => {
    const { name, others } = tabs;
    if (name === undefined) return undefined;
    const picture = activity.picture();
    const { refreshStartedAt } = picture;
    const marks = picture.marks.filter(isShared);
    return { id, name, namedAt, marks, token: tokenLife(picture, others), refreshStartedAt };
  };

  const post = (message: TabMessage) => channel?.postMessage(message);

  const tell = () => {
    const tab = mine();
    if (tab === undefined) return;
    told = JSON.stringify(tab);
    post({ type: 'state', tab });
  };

  const tellNews = () => {
    if (JSON.stringify(mine()) !== told) tell();
  };

  const takeName = () => {
    namedAt = Date.now();
    show({ name: freeName(tabs.others) });
    tell();
  };

  const hear = (data: unknown) => {
    const message = parseTabMessage(data);
    if (message === undefined) return;
    if (message.type === 'ask') return tell();
    show({ others: heardOf(tabs.others, message) });
    const self = mine();
    if (message.type === 'gone' || self?.name !== message.tab.name) return;
    if (yieldsTo(self, message.tab)) takeName();
    else tell();
  };

  const ask = () => {
    // A tab that nobody looks at has no need to know, and answers even so.
    if (document.visibilityState === 'hidden' || channel === undefined) return;
    show({ others: asked(tabs.others) });
    post({ type: 'ask' });
  };

  const join = () => {
    channel = new BroadcastChannel('silent-refresh-demo');
    channel.onmessage = ({ data }) => hear(data);
    post({ type: 'ask' });
    setTimeout(takeName, answerWithinMs);
  };

  /** The page is left. It may come back from the back/forward cache, out of which a message to an open channel would push it. */
  const leave = () => {
    post({ type: 'gone', id });
    channel?.close();
    channel = undefined;
    show({ name: undefined, others: [] });
  };

  join();
  activity.subscribe(tellNews);
  setInterval(ask, askEveryMs);
  addEventListener('visibilitychange', ask);
  addEventListener('pagehide', leave);
  addEventListener('pageshow', ({ persisted }) => persisted && join());

  return {
    current: () => tabs,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};

const isShared = ({ kind, at }: Mark): boolean => sharedKinds.includes(kind) && Date.now() - at < windowMs;

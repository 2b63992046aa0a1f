import type { TabMessage, TabState } from './tab-message.ts';

/** Another tab, as far as it has been heard of. */
export interface OtherTab extends TabState {
  readonly isClosed: boolean;
  /** How often it has been asked since it was last heard of. */
  readonly unanswered: number;
}

/** Asked in vain so often, a tab is taken to be asleep, or killed. */
const silentAfter = 4;
const forgottenAfter = { closed: 5, silent: 15 };

export const isSilent = ({ unanswered }: OtherTab): boolean => unanswered >= silentAfter;

/** The tabs, in the order of their names, once another message has been heard. */
export const heardOf = (tabs: readonly OtherTab[], message: Exclude<TabMessage, { type: 'ask' }>): OtherTab[] => {
  if (message.type === 'gone')
    return tabs.map((tab) => (tab.id === message.id ? { ...tab, isClosed: true, unanswered: 0 } : tab));
  const { id, name } = message.tab;
  // A closed tab's name goes to the next one; after a reload, that is the same tab.
  const rest = tabs.filter((tab) => tab.id !== id && !(tab.isClosed && tab.name === name));
  return [...rest, { ...message.tab, isClosed: false, unanswered: 0 }].sort(byName);
};

/** The tabs, once all of them have been asked: those that are gone are forgotten in the end. */
export const asked = (tabs: readonly OtherTab[]): OtherTab[] =>
  tabs
    .map((tab) => ({ ...tab, unanswered: tab.unanswered + 1 }))
    .filter(({ isClosed, unanswered }) => unanswered < forgottenAfter[isClosed ? 'closed' : 'silent']);

const byName = (a: OtherTab, b: OtherTab): number => a.name.length - b.name.length || (a.name < b.name ? -1 : 1);

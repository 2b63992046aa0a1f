import { isSilent, type OtherTab } from '../tabs/other-tabs.ts';
import { type Mark, type Picture, windowMs } from './activity.ts';
import { type MarkKind, meanings, sharedKinds } from './marks.ts';

export interface Lane {
  readonly key: string;
  readonly name: string;
  /** What is to be known of its tab beside the marks. */
  readonly note?: 'closed' | 'silent' | undefined;
  readonly marks: readonly PlacedMark[];
  readonly isRefreshing: boolean;
}

/** A mark, and whether it makes room for the one beside it. */
export interface PlacedMark extends Mark {
  readonly row: 'middle' | 'upper' | 'lower';
}

const ownLanes: readonly { readonly name: string; readonly kinds: readonly MarkKind[] }[] = [
  { name: 'Calls', kinds: ['call-ok', 'call-replayed', 'call-failed'] },
  { name: 'Held', kinds: ['call-held', 'held-sent', 'held-given-up'] },
  { name: 'Refreshes', kinds: ['refresh-ok', 'refresh-failed', 'received'] },
  {
    name: 'Session',
    kinds: ['signed-in', 'session-ended', 'signed-out-elsewhere', 'user-changed', 'sign-out-unconfirmed'],
  },
];

/** So near each other, two marks would lie on top of each other. */
const nearMs = 2000;

/** What happens in this tab: a lane each for what has to do with each other. */
export const lanesOf = ({ marks, refreshStartedAt }: Picture): Lane[] =>
  ownLanes.map(({ name, kinds }) => ({
    key: name,
    name,
    marks: placed(marks.filter(({ kind }) => kinds.includes(kind))),
    isRefreshing: name === 'Refreshes' && refreshStartedAt !== undefined,
  }));

/** What happens to the session in another tab, in one lane. */
export const laneOfTab = (tab: OtherTab): Lane => {
  const isHere = !tab.isClosed && !isSilent(tab);
  return {
    key: tab.id,
    name: `Tab ${tab.name}`,
    note: isHere ? undefined : tab.isClosed ? 'closed' : 'silent',
    marks: placed(tab.marks),
    isRefreshing: isHere && tab.refreshStartedAt !== undefined,
  };
};

/** The lanes in words. */
export const summaryOf = (own: readonly Mark[], others: readonly OtherTab[], now: number): string => {
  const ofTab = (tab: OtherTab) => {
    const { name, note } = laneOfTab(tab);
    return `${name}${note === undefined ? '' : ` (${note})`}: ${countsOf(tab.marks, now) || 'nothing yet'}.`;
  };
  return [`Activity of the last minute. ${countsOf(own, now) || 'Nothing yet'}.`, ...others.map(ofTab)].join(' ');
};

const countsOf = (marks: readonly Mark[], now: number): string => {
  const recent = marks.filter(({ at }) => now - at < windowMs);
  const number = (kind: MarkKind) =>
    recent.filter((mark) => mark.kind === kind).reduce((sum, { count }) => sum + count, 0);
  const kinds = Object.keys(meanings) as MarkKind[];
  return kinds
    .filter((kind) => number(kind) > 0)
    .map((kind) => `${meanings[kind]}: ${number(kind)}`)
    .join(', ');
};

/** Neighbours take turns above and below the middle. Calls are many: they may run into each other. */
const placed = (marks: readonly Mark[]): PlacedMark[] => {
  const isNear = (a: Mark | undefined, b: Mark | undefined) =>
    a !== undefined && b !== undefined && Math.abs(a.at - b.at) < nearMs && [a, b].every(isShared);
  let row: PlacedMark['row'] = 'middle';
  return marks.map((mark, index) => {
    if (isNear(mark, marks[index - 1])) row = row === 'upper' ? 'lower' : 'upper';
    else row = isNear(mark, marks[index + 1]) ? 'upper' : 'middle';
    return { ...mark, row };
  });
};

const isShared = ({ kind }: Mark): boolean => sharedKinds.includes(kind);

import type { OtherTab } from './other-tabs.ts';
import type { TabState } from './tab-message.ts';

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

/** The first name that no open tab has. */
export const freeName = (tabs: readonly OtherTab[]): string => {
  const taken = new Set(tabs.filter(({ isClosed }) => !isClosed).map(({ name }) => name));
  return letters.find((letter) => !taken.has(letter)) ?? `Z${taken.size}`;
};

/** Whether `mine` gives its name up to a tab that has had the same one for longer. */
export const yieldsTo = (mine: TabState, other: TabState): boolean =>
  mine.name === other.name && (other.namedAt < mine.namedAt || (other.namedAt === mine.namedAt && other.id < mine.id));

import type { TabChannel } from '../../platform/platform.ts';
import type { Pass } from './tab-locks.ts';

interface End {
  readonly tab: string;
  readonly name: string;
  readonly hear: (message: unknown) => void;
}

/** The broadcast channels of a browser. */
export interface TabChannels {
  /** Joins a channel. `hear` is given a copy of each message of the others. */
  join(tab: string, name: string, hear: (message: unknown) => void): TabChannel;
  /** A tab is gone: it hears nothing any more. */
  vacate(tab: string): void;
  /** Posts a message, as any script of the origin could. */
  say(name: string, message: unknown): void;
}

/** `note` is given each message that is sent. */
export function createTabChannels(pass: Pass, note: (message: unknown) => void = () => {}): TabChannels {
  const ends = new Set<End>();

  const post = (from: End, message: unknown) => {
    const copy = structuredClone(message);
    note(copy);
    for (const to of ends) {
      if (to === from || to.name !== from.name) continue;
      const deliver = () => void (ends.has(to) && to.hear(structuredClone(copy)));
      pass(to.tab, `${from.tab}: ${JSON.stringify(copy)}`, deliver);
    }
  };

  return {
    join: (tab, name, hear) => {
      const end = { tab, name, hear };
      ends.add(end);
      return { post: (message) => post(end, message), close: () => void ends.delete(end) };
    },
    vacate: (tab) => {
      for (const end of ends) if (end.tab === tab) ends.delete(end);
    },
    say: (name, message) => post({ tab: 'script', name, hear: () => {} }, message),
  };
}

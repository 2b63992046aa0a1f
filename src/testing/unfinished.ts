/** What a test leaves behind that it should not have, in words. */
export interface Unfinished {
  /** Notes something, once. */
  note(what: string): void;
  /** Notes what somebody else says of it. */
  noteError(reset: () => void): void;
  /** Throws an `Error` with what was noted, a line each, and forgets it. */
  throwIfAny(): void;
}

export function createUnfinished(): Unfinished {
  const noted = new Set<string>();
  return {
    note: (what) => void noted.add(what),
    noteError: (reset) => {
      try {
        reset();
      } catch (error) {
        noted.add(error instanceof Error ? error.message : String(error));
      }
    },
    throwIfAny: () => {
      const all = [...noted];
      noted.clear();
      if (all.length > 0) throw new Error(all.join('\n'));
    },
  };
}

import type { KeyValueStore } from '../platform/platform.ts';

/** One thing that the pages of an origin tell each other by way of storage. Nothing secret: tampering can cost a refresh, and grants nothing. */
export interface StoredValue<Fact> {
  read(): Fact | undefined;
  /** `undefined` takes it away. */
  write(fact: Fact | undefined): void;
  /** Whether this is the entry that storage keeps under `key`. */
  isAt(key: string): boolean;
}

/**
 * An entry in storage, written whole: another page's writing may be seen milliseconds late, and what is put together of
 * something old and something new would bring the old back. Whatever `parse` makes nothing of is no fact.
 */
export const createStoredValue = <Fact extends object>(
  storage: KeyValueStore,
  key: () => string,
  parse: (members: Readonly<Record<string, unknown>>) => Fact | undefined,
): StoredValue<Fact> => {
  /** Where nothing can be kept, the page at least remembers for itself, for as long as nobody else has kept anything. */
  let unkept: { readonly text: string | undefined; readonly instead: string | undefined } | undefined;
  return {
    read: () => {
      const found = storage.read(key());
      const members = membersOf(unkept !== undefined && unkept.instead === found ? unkept.text : found);
      return members.v === 1 ? parse(members) : undefined;
    },
    write: (fact) => {
      const text = fact && JSON.stringify({ v: 1, ...fact });
      storage.write(key(), text);
      const found = storage.read(key());
      unkept = found === text ? undefined : { text, instead: found };
    },
    isAt: (other) => other === key(),
  };
};

const membersOf = (text = '{}'): Readonly<Record<string, unknown>> => {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === 'object' && found !== null ? { ...found } : {};
  } catch {
    return {};
  }
};

import type { KeyValueStore } from '../../platform/platform.ts';
import type { Members } from './checked-members.ts';

/** One entry of what tabs share in storage. It holds no secret: tampering can cost a refresh and grants nothing. */
export interface StoredValue<Value> {
  read(): Value | undefined;
  /** `undefined` deletes the entry. */
  write(value: Value | undefined): void;
  /** Whether storage keeps this entry under `key`. */
  isAt(key: string): boolean;
}

/**
 * An entry is always written whole. Another tab may see it milliseconds late, so an update of some members
 * could bring old values of the others back. An entry that `parse` rejects counts as absent.
 */
export function createStoredValue<Value extends object>(
  storage: KeyValueStore,
  key: () => string,
  parse: (members: Members) => Value | undefined,
): StoredValue<Value> {
  /** If storage does not keep the value, this page remembers it until another tab has written something. */
  let unsaved: { readonly text: string | undefined; readonly instead: string | undefined } | undefined;
  return {
    read: () => {
      const found = storage.read(key());
      const members = membersOf(unsaved !== undefined && unsaved.instead === found ? unsaved.text : found);
      return members.v === 1 ? parse(members) : undefined;
    },
    write: (value) => {
      const text = value && JSON.stringify({ v: 1, ...value });
      storage.write(key(), text);
      const found = storage.read(key());
      unsaved = found === text ? undefined : { text, instead: found };
    },
    isAt: (other) => other === key(),
  };
}

function membersOf(text = '{}'): Members {
  try {
    return { ...(JSON.parse(text) as object) };
  } catch {
    return {};
  }
}

import { createRecord } from '../../../../src/tabs/record/shared-session.ts';

export const KEY = 'silent-refresh:test';

/** The storage of an origin, and names for what its pages make. */
export const createOrigin = () => {
  const stored = new Map<string, string>();
  let names = 0;
  const storage = {
    read: (key: string) => stored.get(key),
    write: (key: string, value: string | undefined) =>
      void (value === undefined ? stored.delete(key) : stored.set(key, value)),
  };
  return { stored, storage, name: () => `name-${++names}`, record: createRecord(storage, () => 'test') };
};

import type { SessionRecord } from '../rotation/session-record.ts';

/** Turns records into short text and back. */
export interface RecordPacker {
  pack(record: SessionRecord): string;
  /** A new object, for the caller to change. */
  unpack(text: string): Unpacked;
}

type Unpacked = { -readonly [Member in keyof SessionRecord]: SessionRecord[Member] };

/** The names of a record's members, and an object that has them: a copy of it is made faster than one member by member. */
interface Shape {
  readonly names: readonly string[];
  readonly empty: Readonly<Record<string, unknown>>;
}

/**
 * Makes what packs records: JSON of their values alone, a third of what the objects take in memory.
 *
 * The names are kept once for each set of them that occurs, of which there are as many as versions of the record.
 */
export function createRecordPacker(): RecordPacker {
  const shapes: Shape[] = [];
  const numbers = new Map<string, number>();

  function numberOf(names: readonly string[]): number {
    const key = names.join();
    const number =
      numbers.get(key) ?? shapes.push({ names, empty: Object.fromEntries(names.map((name) => [name, undefined])) }) - 1;
    numbers.set(key, number);
    return number;
  }

  return {
    pack: (record) => JSON.stringify([numberOf(Object.keys(record)), ...Object.values(record)]),
    unpack(text) {
      const values = JSON.parse(text) as [number, ...unknown[]];
      const { names, empty } = shapes[values[0]] as Shape;
      const record = { ...empty };
      for (let n = 0; n < names.length; n += 1) record[names[n] as string] = values[n + 1];
      return record as unknown as Unpacked;
    },
  };
}

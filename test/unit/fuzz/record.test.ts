import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createRecord, parseRecord, type SessionRecord } from '../../../src/tabs/record.ts';
import { anyText, hostileJson, hostileText, prototypesOf } from './hostile-json.ts';

// For as long as a busy machine takes.
vi.setConfig({ testTimeout: 60_000 });

const clean = JSON.stringify(prototypesOf());
const instant = fc.oneof(
  fc.integer({ min: 0 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter(isNotMinusZero),
);
const text = fc.oneof(fc.string(), anyText, fc.constantFrom('', '__proto__', '{"v":1}', '"'));
const parts = {
  epoch: text,
  expiresAt: instant,
  exchange: fc.record({ key: fc.stringMatching(/^[\w-]{1,128}$/), sentAt: instant }),
  signOut: fc.oneof(fc.constant({}), fc.record({ sid: text })),
};
const anyRecord: fc.Arbitrary<SessionRecord> = fc
  .oneof(fc.record(parts), fc.record({ epoch: text }), fc.record(parts, { requiredKeys: ['epoch'] }))
  .map((members) => ({ v: 1, ...members }));

function isNotMinusZero(value: number): boolean {
  return !Object.is(value, -0);
}

const createKeeper = () => {
  const stored = new Map<string, string>();
  const storage = {
    read: (key: string) => stored.get(key),
    write: (key: string, value: string) => void stored.set(key, value),
  };
  return {
    stored,
    keeper: () =>
      createRecord(
        storage,
        () => 'test',
        () => 'a-name',
      ),
  };
};

const expectDocumented = ({ v, epoch, expiresAt, exchange, signOut }: SessionRecord) => {
  expect(v).toBe(1);
  expect(epoch).toBeTypeOf('string');
  expect(['undefined', 'number']).toContain(typeof expiresAt);
  expect(exchange?.key ?? 'k').toMatch(/^[\w-]{1,128}$/);
  expect(typeof (exchange?.sentAt ?? 0)).toBe('number');
  expect(['undefined', 'string']).toContain(typeof signOut?.sid);
};

describe('any record', () => {
  it('is itself again, printed and parsed', () => {
    const seen = { full: 0, bare: 0 };
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(parseRecord(JSON.stringify(record))).toEqual(record);
        const count = Object.keys(record).length;
        seen.full += Number(count === 5);
        seen.bare += Number(count === 2);
      }),
      { numRuns: 1000 },
    );
    for (const floor of Object.values(seen)) expect(floor).toBeGreaterThan(100);
  });

  it('is read by the next page as the page before has kept it', () => {
    fc.assert(
      fc.property(anyRecord, ({ v, ...members }) => {
        const { keeper } = createKeeper();
        keeper().update(members);
        expect(keeper().read()).toEqual({ v, ...members });
      }),
      { numRuns: 300 },
    );
  });

  it('that was damaged in one place is no record, or one in the documented form', () => {
    const seen = { none: 0, some: 0 };
    fc.assert(
      fc.property(
        anyRecord,
        fc.nat(),
        fc.constantFrom('', '"', '}', ':', '0', 'x', '\\', '\u0000'),
        (record, at, by) => {
          const printed = JSON.stringify(record);
          const place = at % printed.length;
          const read = parseRecord(printed.slice(0, place) + by + printed.slice(place + 1));
          seen[read === undefined ? 'none' : 'some']++;
          if (read !== undefined) expectDocumented(read);
        },
      ),
      { numRuns: 2000 },
    );
    for (const floor of Object.values(seen)) expect(floor).toBeGreaterThan(200);
  });

  it('with anything in the place of a member is no record, or one in the documented form', () => {
    const places = fc.constantFrom('v', 'epoch', 'expiresAt', 'exchange', 'signOut', 'key', 'sentAt', 'sid');
    const full = fc.record(parts).map((members) => ({ ...members, signOut: { sid: 'sid' } }));
    const seen = { none: 0, some: 0 };
    fc.assert(
      fc.property(full, places, hostileJson, (members, place, value) => {
        let left = 1;
        // Once: the value may have such a member, too.
        const replaced = (name: string, item: unknown): unknown => (name === place && left-- > 0 ? value : item);
        const read = parseRecord(JSON.stringify({ v: 1, ...members }, replaced));
        seen[read === undefined ? 'none' : 'some']++;
        if (read !== undefined) expectDocumented(read);
      }),
      { numRuns: 2000 },
    );
    for (const floor of Object.values(seen)) expect(floor).toBeGreaterThan(200);
  });

  it('that is written over anything reads as it was written, and pollutes nothing', () => {
    fc.assert(
      fc.property(fc.oneof(hostileText, fc.string()), anyRecord, (garbage, { v, ...members }) => {
        const { keeper, stored } = createKeeper();
        stored.set('silent-refresh:test', garbage);
        keeper().update({ expiresAt: undefined, exchange: undefined, signOut: undefined, ...members });
        expect(keeper().read()).toEqual({ v, ...members });
        expect(JSON.stringify(prototypesOf())).toBe(clean);
      }),
      { numRuns: 500 },
    );
  });
});

import { describe, expect, it, vi } from 'vitest';
import type { SessionRecord } from '../../../src/tabs/record/shared-session.ts';
import fc from '../random.ts';
import { createOrigin, KEY } from '../tabs/record/origin.ts';
import { anyText, hostileJson, hostileText, prototypesOf } from './hostile-json.ts';

// For as long as a busy machine takes.
vi.setConfig({ testTimeout: 60_000 });

const clean = JSON.stringify(prototypesOf());
const instant = fc.oneof(
  fc.integer({ min: 0 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter(isNotMinusZero),
);
const text = fc.oneof(fc.string(), anyText, fc.constantFrom('', '__proto__', '{"v":1}', '"'));
const anySession = fc.record({ sessionKey: text, expiresAt: instant }, { requiredKeys: ['sessionKey'] });
const anyPendingKey = fc.record({ key: fc.stringMatching(/^[\w-]{1,128}$/), sentAt: instant });
const anySignOut = fc.record({ sid: text }, { requiredKeys: [] });
const anyLostToken = fc.record({ sessionKey: text, expiresAt: instant });
/** An entry, and what may stand in it. */
const anyEntry = fc.oneof(
  fc.tuple(fc.constant('session' as const), anySession),
  fc.tuple(fc.constant('renewed' as const), anySession),
  fc.tuple(fc.constant('pendingKey' as const), anyPendingKey),
  fc.tuple(fc.constant('signOut' as const), anySignOut),
  fc.tuple(fc.constant('leftAlone' as const), anyLostToken),
);
const suffixes = {
  session: '',
  renewed: ':renewed',
  pendingKey: ':pending-key',
  signOut: ':sign-out',
  leftAlone: ':left-alone',
} as const;

function isNotMinusZero(value: number): boolean {
  return !Object.is(value, -0);
}

const expectDocumented = (entry: keyof SessionRecord, found: object) => {
  const { sessionKey, expiresAt, key = 'k', sentAt = 0, sid, ...more } = found as Record<string, unknown>;
  expect(more).toEqual({});
  if (entry === 'session' || entry === 'renewed') expect(sessionKey).toBeTypeOf('string');
  if (entry === 'leftAlone') expect([typeof sessionKey, typeof expiresAt]).toEqual(['string', 'number']);
  expect(['undefined', 'number']).toContain(typeof expiresAt);
  expect(key).toMatch(/^[\w-]{1,128}$/);
  expect(sentAt).toBeTypeOf('number');
  expect(['undefined', 'string']).toContain(typeof sid);
};

/** What is read from an entry in which this stands; it must be none, or one in the documented form. */
const readFrom = (entry: keyof SessionRecord, printed: string): unknown => {
  const { record, stored } = createOrigin();
  stored.set(KEY + suffixes[entry], printed);
  const found = record[entry].read();
  if (found !== undefined) expectDocumented(entry, found);
  return found;
};

describe('any entry of the record', () => {
  it('is read by the next page as the page before has written it', () => {
    const seen: Record<string, number> = { session: 0, renewed: 0, pendingKey: 0, signOut: 0, leftAlone: 0 };
    fc.assert(
      fc.property(anyEntry, ([entry, fact]) => {
        const { record } = createOrigin();
        record[entry].write(fact as never);
        expect(record[entry].read()).toEqual(fact);
        seen[entry] = (seen[entry] ?? 0) + 1;
      }),
      { numRuns: 1000 },
    );
    for (const floor of Object.values(seen)) expect(floor).toBeGreaterThan(100);
  });

  it('that was damaged in one place is none, or one in the documented form', () => {
    const seen = { none: 0, some: 0 };
    fc.assert(
      fc.property(
        anyEntry,
        fc.nat(),
        fc.constantFrom('', '"', '}', ':', '0', 'x', '\\', '\u0000'),
        ([entry, fact], at, by) => {
          const printed = JSON.stringify({ v: 1, ...fact });
          const place = at % printed.length;
          const found = readFrom(entry, printed.slice(0, place) + by + printed.slice(place + 1));
          seen[found === undefined ? 'none' : 'some']++;
        },
      ),
      { numRuns: 2000 },
    );
    for (const floor of Object.values(seen)) expect(floor).toBeGreaterThan(200);
  });

  it('with anything in the place of a member is none, or one in the documented form', () => {
    const places = fc.constantFrom('v', 'sessionKey', 'expiresAt', 'key', 'sentAt', 'sid');
    const seen = { none: 0, some: 0 };
    fc.assert(
      fc.property(anyEntry, places, hostileJson, ([entry, fact], place, value) => {
        const found = readFrom(entry, JSON.stringify({ v: 1, ...fact, [place]: value }));
        seen[found === undefined ? 'none' : 'some']++;
      }),
      { numRuns: 2000 },
    );
    for (const floor of Object.values(seen)) expect(floor).toBeGreaterThan(200);
  });

  it('of any text is none, or one in the documented form, and pollutes nothing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...(Object.keys(suffixes) as (keyof SessionRecord)[])),
        hostileText,
        (entry, text) => void readFrom(entry, text),
      ),
      { numRuns: 2000 },
    );
    expect(JSON.stringify(prototypesOf())).toBe(clean);
  });

  it('that is written over anything reads as it was written', () => {
    fc.assert(
      fc.property(fc.oneof(hostileText, fc.string()), anyEntry, (garbage, [entry, fact]) => {
        const { record, stored } = createOrigin();
        stored.set(KEY + suffixes[entry], garbage);
        record[entry].write(fact as never);
        expect(record[entry].read()).toEqual(fact);
      }),
      { numRuns: 500 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { createExchangeKeys } from '../../../src/tabs/exchange-keys.ts';
import { createRecord } from '../../../src/tabs/record.ts';
import { createOrigin } from './record-fixture.ts';

const NOW = 1_700_000_000_000;
const nothingKept = { read: () => undefined, write: () => {} };

const createPage = ({ storage, name } = createOrigin(), kept: Parameters<typeof createRecord>[0] = storage) => {
  const entry = createRecord(kept, () => 'test').exchange;
  return { keys: createExchangeKeys(entry, name), entry };
};

describe('the key of an exchange', () => {
  it('is drawn anew and stands in the record', () => {
    const { keys, entry } = createPage();
    const key = keys.use(NOW);
    expect(entry.read()).toEqual({ key, sentAt: NOW });
  });

  it('is lent to the next one while it has no answer', () => {
    const { keys } = createPage();
    expect(keys.use(NOW + 59_999)).toBe(keys.use(NOW));
  });

  it('keeps the moment of the first request: its time is not stretched by repetitions', () => {
    const { keys, entry } = createPage();
    const key = keys.use(NOW);
    keys.use(NOW + 50_000);
    expect(entry.read()?.sentAt).toBe(NOW);
    expect(keys.use(NOW + 60_000)).not.toBe(key);
  });

  it('is given up once it was answered', () => {
    const { keys, entry } = createPage();
    const key = keys.use(NOW);
    keys.settled(key, NOW + 2999);
    expect(entry.read()).toBeUndefined();
    expect(keys.use(NOW + 1)).not.toBe(key);
  });

  it('is not given up by the answer to an older one', () => {
    const { keys } = createPage();
    const old = keys.use(NOW);
    const current = keys.use(NOW + 60_000);
    keys.settled(old, NOW + 60_000);
    expect(keys.use(NOW + 60_001)).toBe(current);
  });

  it('of a page that is gone is taken over, and kept though answered', () => {
    const origin = createOrigin();
    const key = createPage(origin).keys.use(NOW);
    const { keys, entry } = createPage(origin);
    expect(keys.use(NOW + 15_000)).toBe(key);
    keys.settled(key, NOW + 1000);
    expect(entry.read()?.key).toBe(key);
    expect(keys.use(NOW + 59_999)).toBe(key);
    expect(keys.use(NOW + 60_000)).not.toBe(key);
  });

  it('is kept where the answer was slow: another page may have used it meanwhile', () => {
    const { keys } = createPage();
    const key = keys.use(NOW);
    keys.settled(key, NOW + 3000);
    expect(keys.use(NOW + 59_999)).toBe(key);
  });

  it('of another page is not given up by an old answer of this one', () => {
    const origin = createOrigin();
    const [a, b] = [createPage(origin).keys, createPage(origin).keys];
    const old = a.use(NOW);
    const key = b.use(NOW + 60_000);
    a.settled(old, NOW + 60_001);
    expect(b.use(NOW + 60_002)).toBe(key);
  });

  it('is not used for ever after the clock was set back', () => {
    const { keys } = createPage();
    const key = keys.use(NOW);
    expect(keys.use(NOW - 3_600_000)).not.toBe(key);
  });

  it('is remembered by the page where nothing can be kept', () => {
    const { keys } = createPage(createOrigin(), nothingKept);
    const key = keys.use(NOW);
    expect(keys.use(NOW + 1000)).toBe(key);
    keys.settled(key, NOW + 1000);
    expect(keys.use(NOW + 2000)).not.toBe(key);
  });

  it.each([
    { ageMs: 0, used: true },
    { ageMs: 59_999, used: true },
    { ageMs: 60_000, used: false },
    { ageMs: 86_400_000, used: false },
    { ageMs: -59_999, used: true },
    { ageMs: -60_000, used: false },
    { ageMs: -86_400_000, used: false },
    { ageMs: Number.NaN, used: false },
    { ageMs: Number.POSITIVE_INFINITY, used: false },
  ])('is used again $ageMs ms after it was sent (negative: the clock was set back): $used', ({ ageMs, used }) => {
    const { keys } = createPage();
    const key = keys.use(NOW);
    expect(keys.use(NOW + ageMs) === key).toBe(used);
  });

  it('of another page is known to be used elsewhere, until it is given up', () => {
    const origin = createOrigin();
    const [a, b] = [createPage(origin).keys, createPage(origin).keys];
    expect(b.areUsedElsewhere(NOW)).toBe(false);
    const key = a.use(NOW);
    expect([a.areUsedElsewhere(NOW), b.areUsedElsewhere(NOW)]).toEqual([false, true]);
    expect(b.areUsedElsewhere(NOW + 60_000)).toBe(false);
    a.settled(key, NOW);
    expect(b.areUsedElsewhere(NOW)).toBe(false);
  });

  it('is forgotten with the session that it belonged to', () => {
    const origin = createOrigin();
    const { keys } = createPage(origin);
    const key = keys.use(NOW);
    createPage(origin).keys.forget();
    expect(keys.use(NOW)).not.toBe(key);
  });
});

import { describe, expect, it } from 'vitest';
import { createIdempotencyKeys } from '../../../../src/tabs/record/idempotency-key.ts';
import { createRecord } from '../../../../src/tabs/record/shared-session.ts';
import { createOrigin } from './origin.ts';

const NOW = 1_700_000_000_000;
const nothingKept = { read: () => undefined, write: () => {} };

const createPage = ({ storage, name } = createOrigin(), kept: Parameters<typeof createRecord>[0] = storage) => {
  const entry = createRecord(kept, () => 'test').pendingKey;
  return { keys: createIdempotencyKeys(entry, name), entry };
};

describe('the key of a refresh', () => {
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
    keys.end(key, 'answered');
    expect(entry.read()).toBeUndefined();
    expect(keys.use(NOW + 1)).not.toBe(key);
  });

  it('is not given up by the answer to an older one', () => {
    const { keys } = createPage();
    const old = keys.use(NOW);
    const current = keys.use(NOW + 60_000);
    keys.end(old, 'answered');
    expect(keys.use(NOW + 60_001)).toBe(current);
  });

  it('of a page that is gone is taken over, and kept though answered', () => {
    const origin = createOrigin();
    const key = createPage(origin).keys.use(NOW);
    const { keys, entry } = createPage(origin);
    expect(keys.use(NOW + 15_000)).toBe(key);
    keys.end(key, 'answered');
    expect(entry.read()?.key).toBe(key);
    expect(keys.use(NOW + 59_999)).toBe(key);
    expect(keys.use(NOW + 60_000)).not.toBe(key);
  });

  it('is given up however slow the answer was, if no other page has used it (C-13)', () => {
    const { keys } = createPage();
    const key = keys.use(NOW);
    keys.end(key, 'answered');
    expect(keys.use(NOW + 59_000)).not.toBe(key);
  });

  it('is kept though answered if another page has used it, too: its answer may come late (C-13)', () => {
    const origin = createOrigin();
    const [a, b] = [createPage(origin).keys, createPage(origin).keys];
    const key = a.use(NOW);
    expect(b.use(NOW + 4000)).toBe(key);
    a.end(key, 'answered');
    b.end(key, 'answered');
    expect([a.use(NOW + 59_999), b.use(NOW + 59_999)]).toEqual([key, key]);
    expect(a.use(NOW + 60_000)).not.toBe(key);
  });

  it('is kept while another request is under way with it (C-8)', () => {
    const { keys } = createPage();
    const key = keys.use(NOW);
    keys.use(NOW + 15_000);
    keys.end(key, 'answered');
    expect(keys.use(NOW + 20_000)).toBe(key);
    keys.end(key, 'answered');
    keys.end(key, 'answered');
    expect(keys.use(NOW + 21_000)).not.toBe(key);
  });

  it('is kept if the request that ended last got no answer', () => {
    const { keys } = createPage();
    const key = keys.use(NOW);
    keys.use(NOW + 15_000);
    keys.end(key, 'answered');
    keys.end(key, 'unanswered');
    expect(keys.use(NOW + 20_000)).toBe(key);
  });

  it('that was set aside and never sent is given up', () => {
    const { keys, entry } = createPage();
    keys.end(keys.use(NOW), 'unsent');
    expect(entry.read()).toBeUndefined();
  });

  it('that was set aside and sent is kept until the request is answered', () => {
    const { keys, entry } = createPage();
    const key = keys.use(NOW);
    keys.use(NOW);
    keys.end(key, 'unsent');
    expect(entry.read()?.key).toBe(key);
    keys.end(key, 'answered');
    expect(entry.read()).toBeUndefined();
  });

  it('of another page is not given up by an old answer of this one', () => {
    const origin = createOrigin();
    const [a, b] = [createPage(origin).keys, createPage(origin).keys];
    const old = a.use(NOW);
    const key = b.use(NOW + 60_000);
    a.end(old, 'answered');
    expect(b.use(NOW + 60_002)).toBe(key);
  });

  it('is not used for ever after the clock was set back', () => {
    const { keys } = createPage();
    const key = keys.use(NOW);
    expect(keys.use(NOW - 3_600_000)).not.toBe(key);
  });

  it('is remembered by the page if nothing can be kept', () => {
    const { keys } = createPage(createOrigin(), nothingKept);
    const key = keys.use(NOW);
    keys.end(key, 'unanswered');
    expect(keys.use(NOW + 1000)).toBe(key);
    keys.end(key, 'answered');
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
    a.end(key, 'answered');
    expect(b.areUsedElsewhere(NOW)).toBe(false);
  });

  it('that failed in another page is no longer used elsewhere once a page has repeated it', () => {
    const origin = createOrigin();
    const [a, b, c] = [createPage(origin).keys, createPage(origin).keys, createPage(origin).keys];
    a.end(a.use(NOW), 'unanswered');
    expect([b.areUsedElsewhere(NOW), c.areUsedElsewhere(NOW)]).toEqual([true, true]);
    b.end(b.use(NOW), 'unanswered');
    expect(c.areUsedElsewhere(NOW)).toBe(false);
  });

  it('is forgotten with the session that it belonged to', () => {
    const origin = createOrigin();
    const { keys } = createPage(origin);
    const key = keys.use(NOW);
    createPage(origin).keys.forget();
    expect(keys.use(NOW)).not.toBe(key);
  });
});

import { describe, expect, it } from 'vitest';
import { createExchangeKeys, createRecord } from '../../../src/tabs/record.ts';

const NOW = 1_700_000_000_000;
const nothingKept = { read: () => undefined, write: () => {} };

const createOrigin = () => {
  const stored = new Map<string, string>();
  let names = 0;
  return {
    read: (key: string) => stored.get(key),
    write: (key: string, value: string) => void stored.set(key, value),
    name: () => `n${++names}`,
  };
};

const createPage = (origin = createOrigin(), storage: Parameters<typeof createRecord>[0] = origin) => {
  const record = createRecord(storage, () => 'test', origin.name);
  return { keys: createExchangeKeys(record), record };
};

describe('the key of an exchange', () => {
  it('is drawn anew and stands in the record', () => {
    const { keys, record } = createPage();
    const key = keys.use(NOW);
    expect(record.read()?.exchange).toEqual({ key, sentAt: NOW });
  });

  it('is lent to the next one while it has no answer', () => {
    const { keys } = createPage();
    expect(keys.use(NOW + 59_999)).toBe(keys.use(NOW));
  });

  it('keeps the moment of the first request: its time is not stretched by repetitions', () => {
    const { keys, record } = createPage();
    const key = keys.use(NOW);
    keys.use(NOW + 50_000);
    expect(record.read()?.exchange?.sentAt).toBe(NOW);
    expect(keys.use(NOW + 60_000)).not.toBe(key);
  });

  it('is given up once it was answered', () => {
    const { keys, record } = createPage();
    const key = keys.use(NOW);
    keys.settled(key);
    expect(record.read()).not.toHaveProperty('exchange');
    expect(keys.use(NOW + 1)).not.toBe(key);
  });

  it('is not given up by the answer to an older one', () => {
    const { keys } = createPage();
    const old = keys.use(NOW);
    const current = keys.use(NOW + 60_000);
    keys.settled(old);
    expect(keys.use(NOW + 60_001)).toBe(current);
  });

  it('of a page that is gone is taken over, and kept though answered', () => {
    const origin = createOrigin();
    const key = createPage(origin).keys.use(NOW);
    const { keys, record } = createPage(origin);
    expect(keys.use(NOW + 15_000)).toBe(key);
    keys.settled(key);
    expect(record.read()?.exchange?.key).toBe(key);
    expect(keys.use(NOW + 59_999)).toBe(key);
    expect(keys.use(NOW + 60_000)).not.toBe(key);
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
    keys.settled(key);
    expect(keys.use(NOW + 2000)).not.toBe(key);
  });

  it('leaves the other members of the record alone', () => {
    const { keys, record } = createPage();
    record.update({ expiresAt: NOW, signOut: { sid: 's' } });
    const { epoch } = record.read() ?? {};
    keys.settled(keys.use(NOW));
    expect(record.read()).toEqual({ v: 1, epoch, expiresAt: NOW, signOut: { sid: 's' } });
  });
});

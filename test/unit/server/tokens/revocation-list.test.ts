import { describe, expect, it } from 'vitest';
import { copyRevocationList, createMemoryRevocationList, type RevocationEntry } from '../../../../src/server/index.ts';
import { SECOND } from '../fixture.ts';

describe('createMemoryRevocationList', () => {
  it('finds an id among those asked for until its end, and not from then on (REV-2)', async () => {
    let at = 1_000;
    const list = createMemoryRevocationList({ now: () => at });
    await list.add(['a', 'b'], 2_000);
    expect(await list.has(['x', 'b'])).toBe(true);
    expect(await list.has(['x'])).toBe(false);
    at = 1_999;
    expect(await list.has(['a'])).toBe(true);
    at = 2_000;
    expect(await list.has(['a'])).toBe(false);
  });

  it('keeps the later end of an id that is added again', async () => {
    let at = 1_000;
    const list = createMemoryRevocationList({ now: () => at });
    await list.add(['a'], 3_000);
    await list.add(['a'], 2_000);
    at = 2_500;
    expect(await list.has(['a'])).toBe(true);
  });

  it('lists nothing that has expired (REV-2)', async () => {
    let at = 1_000;
    const list = createMemoryRevocationList({ now: () => at });
    await list.add(['a'], 2_000);
    await list.add(['b'], 3_000);
    at = 2_000;
    expect(await list.entries()).toEqual([{ id: 'b', expiresAt: 3_000 }]);
    at = 3_000;
    expect(await list.entries()).toEqual([]);
  });

  it('sweeps out what has expired, though not at each addition (REV-2)', async () => {
    let at = 0;
    let asked = 0;
    const list = createMemoryRevocationList({
      now: () => {
        asked += 1;
        return at;
      },
    });
    for (at = 0; at < 100_000; at += 1) await list.add([`id ${at}`], at + 100);
    expect(asked).toBeGreaterThan(90);
    expect(asked).toBeLessThan(130);
  });
});

describe('copyRevocationList', () => {
  function createCopy(maxAgeMs?: number) {
    const clock = { now: 1_000_000 };
    const source = { entries: [] as RevocationEntry[], asked: 0, answer: async () => {} };
    const copy = copyRevocationList(
      {
        async entries() {
          source.asked += 1;
          const entries = [...source.entries];
          await source.answer();
          return entries;
        },
      },
      { now: () => clock.now, ...(maxAgeMs === undefined ? {} : { maxAgeMs }) },
    );
    return { clock, source, copy, add: (id: string) => source.entries.push({ id, expiresAt: 2_000_000 }) };
  }

  it('finds what was revoked when its copy is as old as `maxAgeMs`, by default 5 s', async () => {
    const { clock, copy, add } = createCopy();
    expect(await copy.has(['a'])).toBe(false);
    add('a');
    clock.now += 5 * SECOND;
    expect(await copy.has(['b', 'a'])).toBe(true);
  });

  it('asks the list once for many requests at a time', async () => {
    const { copy, source } = createCopy();
    await Promise.all(Array.from({ length: 50 }, () => copy.has(['a'])));
    await copy.has(['a']);
    expect(source.asked).toBe(1);
  });

  it('takes a new copy at half the age, without a request that waits for it', async () => {
    const { clock, copy, source, add } = createCopy(2 * SECOND);
    await copy.has(['a']);
    add('a');
    clock.now += SECOND;
    let release = () => {};
    source.answer = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    expect(await copy.has(['a'])).toBe(false);
    release();
    await expect.poll(() => copy.has(['a'])).toBe(true);
    expect(source.asked).toBe(2);
  });

  it('rejects if the list cannot be asked, and goes on by the copy it has until that is too old (REV-4)', async () => {
    const { clock, copy, source } = createCopy(2 * SECOND);
    await copy.has(['a']);
    source.answer = () => Promise.reject(new Error('down'));
    clock.now += 1_999;
    expect(await copy.has(['a'])).toBe(false);
    clock.now += 1;
    await expect(copy.has(['a'])).rejects.toThrow('down');
    source.answer = async () => {};
    expect(await copy.has(['a'])).toBe(false);
  });

  it('rejects if the list does not answer in time, and asks it again then', async () => {
    const { clock, copy, source } = createCopy(20);
    source.answer = () => new Promise(() => {});
    await expect(copy.has(['a'])).rejects.toThrow('took longer than 20 ms');
    source.answer = async () => {};
    clock.now += SECOND;
    expect([await copy.has(['a']), source.asked]).toEqual([false, 2]);
  });

  it('rejects rather than judge by a copy that was too old when it came', async () => {
    const { clock, copy, source } = createCopy(2 * SECOND);
    source.answer = async () => {
      clock.now += 2 * SECOND;
    };
    await expect(copy.has(['a'])).rejects.toThrow('maxAgeMs');
  });

  it.each([0, -1, Number.POSITIVE_INFINITY, Number.NaN, '5'])('refuses %s for `maxAgeMs`', (maxAgeMs) => {
    const found = typeof maxAgeMs === 'number' ? maxAgeMs : 'text';
    const message = `\`maxAgeMs\` must be a number of milliseconds, 1 or more; found ${found}.`;
    expect(() => createCopy(maxAgeMs as number)).toThrow(new TypeError(message));
  });

  it.each([
    [undefined, 'undefined'],
    ['redis://user:pass@db', 'text'],
    [{ has() {} }, 'an object without entries()'],
  ])('refuses %j for the list', (list, found) => {
    expect(() => copyRevocationList(list as never)).toThrow(
      new TypeError(`\`list\` must be a RevocationList; found ${found}.`),
    );
  });

  it('rejects if its clock gives no number', async () => {
    const copy = copyRevocationList(createMemoryRevocationList(), { now: () => Number.NaN });
    await expect(copy.has(['a'])).rejects.toThrow(new TypeError('`now` must give epoch milliseconds; it gave NaN.'));
  });
});

import { describe, expect, it } from 'vitest';
import { isRead, withoutRoom } from '../../../../src/requests/waiting/hold-calls.ts';

describe('a call that only reads', () => {
  it.each([
    ['GET', true],
    ['get', true],
    ['HEAD', true],
    ['POST', false],
    ['GETALL', false],
    ['FORGET', false],
  ])('is told by its method: %s, %s', (method, reads) => {
    expect(isRead(method)).toBe(reads);
  });
});

describe('where there is room for fewer calls than are held', () => {
  const read = (name: string) => ({ name, isRead: true });
  const write = (name: string) => ({ name, isRead: false });
  const refused = (room: number, ...held: ReturnType<typeof read>[]) => withoutRoom(held, room).map(({ name }) => name);

  it('refuses nobody before it is full', () => {
    expect(refused(2, read('a'), write('b'))).toEqual([]);
  });

  it('refuses the oldest reads', () => {
    expect(refused(2, write('a'), read('b'), read('c'), read('d'))).toEqual(['b', 'c']);
  });

  it('refuses the last writes if there are no reads', () => {
    expect(refused(1, write('a'), write('b'), write('c'))).toEqual(['b', 'c']);
  });

  it('refuses the last writes beside all reads if those are not enough, and nobody twice', () => {
    expect(refused(1, write('a'), write('b'), read('c'))).toEqual(['c', 'b']);
  });
});

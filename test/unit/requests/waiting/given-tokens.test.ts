import { describe, expect, it } from 'vitest';
import { createGivenTokens } from '../../../../src/requests/waiting/given-tokens.ts';

const owner = { identityVersion: 1, user: { id: 'ann' } };

const createTokens = () => {
  const given = createGivenTokens();
  return {
    find: given.find,
    add: (value: string, tokenNumber: number, isReplacement = false) =>
      given.add({ value, tokenNumber } as Parameters<typeof given.add>[0], owner, isReplacement),
  };
};

describe('a token that was given to the app', () => {
  it('is found by its value, with its number and whose it is', () => {
    const { add, find } = createTokens();
    add('a', 1);
    expect(find('a')).toEqual({ ...owner, tokenNumber: 1, isReplacement: false });
    expect(find('b')).toBeUndefined();
  });

  it.each([
    { first: false, second: true, tokenNumber: 1, is: true },
    { first: true, second: false, tokenNumber: 1, is: true },
    { first: false, second: false, tokenNumber: 1, is: false },
    { first: true, second: false, tokenNumber: 2, is: false },
    { first: false, second: true, tokenNumber: 2, is: true },
  ])(
    'given twice (as a replacement: $first, then $second, as number $tokenNumber) counts as a replacement: $is',
    ({ first, second, tokenNumber, is }) => {
      const { add, find } = createTokens();
      add('a', 1, first);
      add('a', tokenNumber, second);
      expect(find('a')).toEqual({ ...owner, tokenNumber, isReplacement: is });
    },
  );

  it('is remembered until twenty others were given after it', () => {
    const { add, find } = createTokens();
    for (let n = 0; n < 20; n++) add(`token ${n}`, n);
    expect(find('token 0')).toBeDefined();
    add('token 20', 20);
    expect([find('token 0'), find('token 1')?.tokenNumber]).toEqual([undefined, 1]);
  });

  it('is remembered longer if it is given again', () => {
    const { add, find } = createTokens();
    for (let n = 0; n < 20; n++) add(`token ${n}`, n);
    add('token 0', 0);
    add('token 20', 20);
    expect([find('token 0')?.tokenNumber, find('token 1')]).toEqual([0, undefined]);
  });
});

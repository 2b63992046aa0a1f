import { describe, expect, it } from 'vitest';
import { asciiLowerCase, trimSpaces } from '../../../../src/server/http/header-text.ts';
import { createFixture, ORIGIN } from '../fixture.ts';

const allCharacters = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));

describe('trimSpaces', () => {
  it('takes away spaces and tabs at both ends, and no other character (S-1)', () => {
    const trimmed = allCharacters.filter((character) => trimSpaces(`${character}a${character}`) === 'a');
    expect(trimmed).toEqual(['\t', ' ']);
  });

  it.each([
    ['', ''],
    [' \t ', ''],
    ['\t a b\t', 'a b'],
  ])('reads %j as %j (S-1)', (text, expected) => {
    expect(trimSpaces(text)).toBe(expected);
  });
});

describe('asciiLowerCase', () => {
  it('changes A to Z, and no other character (S-1)', () => {
    const changed = allCharacters.filter((character) => asciiLowerCase(character) !== character);
    expect(changed.join('')).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
  });
});

describe('the content type of a sign-in', () => {
  it.each([
    ['APPLICATION/JSON', 200],
    ['\tapplication/json ; charset=utf-8', 200],
    ['\u00a0application/json', 415],
    ['application/json\u00a0', 415],
    ['application/json\u00a0; charset=utf-8', 415],
    ['text/plain; application/json', 415],
  ])('%j is answered with %i (S-1)', async (type, status) => {
    const body = JSON.stringify({ id: 'ann', password: 'right' });
    const answer = await createFixture()
      .browser()
      .post('/auth/login', { body, headers: { 'Content-Type': type } });
    expect(answer.status).toBe(status);
  });
});

describe('the bearer header', () => {
  it.each(['\u00a0', '\u0085', '\u00ad'])('is malformed with %j anywhere in it (S-1)', async (character) => {
    const { authority, browser } = createFixture();
    const { access_token } = await browser().signIn();
    for (const value of [
      `Bearer${character}`,
      `Bearer ${character}${access_token}`,
      `Bearer ${access_token}${character}`,
    ]) {
      const answer = await authority.guard(new Request(`${ORIGIN}/api`, { headers: { Authorization: value } }));
      expect(answer).toBeInstanceOf(Response);
      expect([400, 401]).toContain((answer as Response).status);
    }
  });
});

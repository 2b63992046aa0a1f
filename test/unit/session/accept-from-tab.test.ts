import { describe, expect, it } from 'vitest';
import { type GrantFacts, receivedFromTab, SECOND } from './events.ts';
import { createSignedIn, namesOf } from './play.ts';

const fromOtherTab = (facts: GrantFacts, isNewSession = false) =>
  receivedFromTab({ value: 'found', ...facts }, isNewSession);

/** Whether a page that holds one token takes the other from another tab. */
const takes = (held: GrantFacts, found: GrantFacts): boolean => {
  const play = createSignedIn({ value: 'held', askedMs: 10, ...held });
  play.send(fromOtherTab(found), SECOND);
  return play.state().token?.value === 'found';
};

describe('the token of another tab', () => {
  const [earlier, later] = [{ askedMs: 5 }, { askedMs: 20 }];

  it.each<{ name: string; held?: GrantFacts; found: GrantFacts; taken: boolean }>([
    { name: 'got later', found: later, taken: true },
    { name: 'got earlier', found: earlier, taken: false },
    { name: 'of a higher count', held: { seq: 2 }, found: { ...earlier, seq: 3 }, taken: true },
    { name: 'of a lower count', held: { seq: 2 }, found: { ...later, seq: 1 }, taken: false },
    { name: 'of the same count, got later', held: { seq: 2 }, found: { ...later, seq: 2 }, taken: true },
    { name: 'of the same count, got earlier', held: { seq: 2 }, found: { ...earlier, seq: 2 }, taken: false },
    { name: 'without a count, got later', held: { seq: 2 }, found: later, taken: true },
    { name: 'with a count where there was none, got later', found: { ...later, seq: 2 }, taken: true },
    {
      name: 'of a lower count in another session, got later',
      held: { sid: '1', seq: 9 },
      found: { ...later, sid: '2', seq: 2 },
      taken: true,
    },
    {
      name: 'of a higher count in another session, got earlier',
      held: { sid: '1', seq: 2 },
      found: { ...earlier, sid: '2', seq: 9 },
      taken: false,
    },
    {
      name: 'of somebody unknown, as before',
      held: { id: undefined },
      found: { ...later, id: undefined },
      taken: true,
    },
    { name: 'of somebody else', found: { ...later, id: 'bob' }, taken: false },
  ])('$name, is taken: $taken', ({ held = {}, found, taken }) => {
    expect(takes(held, found)).toBe(taken);
  });

  it('is not written into the record, which the other page has done', () => {
    expect(namesOf(createSignedIn().send(fromOtherTab(later), SECOND))).toEqual(['tell received-from-tab']);
  });

  it('is that of whoever has signed in there, where a session begins with it', () => {
    const play = createSignedIn();
    play.send(fromOtherTab({ ...earlier, id: 'bob' }, true), SECOND);
    expect(play.session()).toEqual({ status: 'authenticated', claims: { sub: 'bob' } });
  });
});

import { describe, expect, it } from 'vitest';
import { hasEarlierUserLeft, isNewToRecord, storedSid } from '../../../src/session/earlier-page.ts';
import type { SessionEvent, Source } from '../../../src/session/events.ts';
import { type Identity, identityHash, type RecordedUser } from '../../../src/session/identity.ts';
import { type Claims, refreshed, signedInElsewhere, started } from './events.ts';
import { createPlay, createStarted, type Play } from './play.ts';

const startedWith = (sid: string, cameByRedirect = false): Play => {
  const play = createPlay();
  play.send({ ...started({ isRecorded: true }), earlier: { cameByRedirect, user: { salt: 'e', sid } } }, 0);
  return play;
};

describe('the name of the session that the earlier page has left', () => {
  it('stands until the server has said who is signed in', () => {
    const play = startedWith('s1');
    expect(storedSid(play.state())).toBe('s1');
    play.send(refreshed(1, { sid: 's2' }), 100);
    expect(storedSid(play.state())).toBeUndefined();
  });

  it('is unknown if the record shows nobody', () => {
    const play = createPlay();
    play.send({ ...started(), earlier: { cameByRedirect: false } }, 0);
    expect(storedSid(play.state())).toBeUndefined();
  });

  it('does not count on a page that was reached by a redirect, since somebody may have signed in on the way', () => {
    expect(storedSid(startedWith('s1', true).state())).toBeUndefined();
  });

  it('does not count any more once another tab has begun a session', () => {
    const play = startedWith('s1');
    play.send(signedInElsewhere, 100);
    expect(storedSid(play.state())).toBeUndefined();
  });
});

const hashOf = (id: string) => identityHash({ id }, 'e');
const at = (play: Play, event: SessionEvent<Claims>) => {
  play.send(event, 50);
  return play.state();
};

describe('the user of the earlier page', () => {
  const refresh: Source = { by: 'refreshed', attempt: 1, isNewSession: false };
  const signIn: Source = { by: 'signed-in', attempt: 1, isNewSession: true };

  it.each<{ recorded: Partial<RecordedUser>; found: Identity; by?: Source; cameByRedirect?: boolean; left: boolean }>([
    { recorded: { hash: hashOf('ann') }, found: { id: 'ann' }, by: signIn, cameByRedirect: true, left: false },
    { recorded: { hash: hashOf('ann') }, found: { id: 'bob' }, left: true },
    { recorded: { sid: 's1' }, found: { sid: 's1' }, by: signIn, cameByRedirect: true, left: false },
    { recorded: { sid: 's1' }, found: { sid: 's2' }, left: true },
    { recorded: { sid: 's1' }, found: { id: 'ann' }, left: false },
    { recorded: { sid: 's1' }, found: { id: 'ann' }, by: signIn, left: true },
    { recorded: { sid: 's1' }, found: { id: 'ann' }, cameByRedirect: true, left: true },
  ])('has left if $recorded.hash $recorded.sid is found to be $found, by $by.by: $left', (row) => {
    const { recorded, found, by = refresh, cameByRedirect = false, left } = row;
    const play = createPlay();
    const user = { salt: 'e', ...recorded };
    play.send({ ...started({ isRecorded: true }), earlier: { cameByRedirect, user } }, 0);
    expect(hasEarlierUserLeft(play.state(), by, found)).toBe(left);
  });

  it('has left if another tab has begun a session, and nothing says that it is theirs', () => {
    const state = at(startedWith('s1'), signedInElsewhere);
    expect(hasEarlierUserLeft(state, refresh, { id: 'ann' })).toBe(true);
    expect(hasEarlierUserLeft(state, refresh, { sid: 's1' })).toBe(false);
  });

  it('is nobody on a page that knows of none', () => {
    const play = createStarted();
    expect(hasEarlierUserLeft(play.state(), signIn, { id: 'ann' })).toBe(false);
  });

  it.each<{ recorded?: Partial<RecordedUser>; found: Identity; isNew: 'never' | 'by redirect' | 'always' }>([
    { found: { id: 'ann' }, isNew: 'by redirect' },
    { recorded: { hash: hashOf('ann') }, found: { id: 'ann' }, isNew: 'by redirect' },
    { recorded: { hash: hashOf('ann') }, found: { id: 'bob' }, isNew: 'always' },
    { recorded: { hash: hashOf('ann'), sid: 's1' }, found: { id: 'ann', sid: 's1' }, isNew: 'never' },
    { recorded: { hash: hashOf('ann'), sid: 's1' }, found: { id: 'ann', sid: 's2' }, isNew: 'always' },
    { recorded: { sid: 's1' }, found: { id: 'ann' }, isNew: 'by redirect' },
  ])('as $recorded, found to be $found, makes the session new to the record: $isNew', ({ recorded, found, isNew }) => {
    const isNewAfter = (cameByRedirect: boolean, source = refresh) => {
      const play = createPlay();
      const user = recorded && { salt: 'e', ...recorded };
      play.send({ ...started({ isRecorded: true }), earlier: { cameByRedirect, user } }, 0);
      return isNewToRecord(play.state(), source, found);
    };
    expect([isNewAfter(false), isNewAfter(true), isNewAfter(false, signIn)]).toEqual([
      isNew === 'always',
      isNew !== 'never',
      true,
    ]);
  });

  it('makes no session new once another tab has begun one, which the record shows already', () => {
    const state = at(startedWith('s1'), signedInElsewhere);
    expect(isNewToRecord(state, refresh, { sid: 's2' })).toBe(false);
  });

  it('makes every session new if the record shows nobody', () => {
    const play = createStarted();
    expect(isNewToRecord(play.state(), refresh, { id: 'ann' })).toBe(true);
  });
});

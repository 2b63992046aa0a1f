import { describe, expect, it } from 'vitest';
import { storedSid } from '../../../src/session/earlier-page.ts';
import { createPlay, type Play, refreshed, started } from './fixture.ts';

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

  it('does not count on a page that was reached by a redirect, since somebody may have signed in on the way', () => {
    expect(storedSid(startedWith('s1', true).state())).toBeUndefined();
  });

  it('does not count any more once another tab has begun a session', () => {
    const play = startedWith('s1');
    play.send({ type: 'shared-session-changed', signedOut: false }, 100);
    expect(storedSid(play.state())).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { SECOND, signedIn } from './events.ts';
import { createSignedIn } from './play.ts';

describe('a call of the user before that is refused again', () => {
  it('says nothing of the refreshes of who has signed in since', () => {
    const play = createSignedIn();
    play.send('signed-out', SECOND);
    play.send(signedIn({ id: 'bob', askedMs: 2 * SECOND }), 2 * SECOND);
    play.send({ type: 'replay-refused', tokenNumber: 1, endpoint: '/api' }, 3 * SECOND);
    expect(play.state().loopGuard.anywhere).toBeUndefined();
  });
});

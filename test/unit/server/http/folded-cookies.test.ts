import { describe, expect, it } from 'vitest';
import { createFixture } from '../fixture.ts';

/** Somebody who is signed in, and what their browser sends. */
async function signedIn(profile: 'host' | 'path') {
  const fixture = createFixture({ cookie: { profile } });
  const page = fixture.browser();
  const { access_token, sid } = await page.signIn();
  const pairs = [...page.jar].map((pair) => pair.join('='));
  const post = (path: string, Cookie: string) => page.copy().post(path, { headers: { Cookie } });
  const isLive = () => fixture.authority.verify(access_token).then(Boolean, () => false);
  return { ...fixture, page, pairs, sid, post, isLive };
}

describe.each(['host', 'path'] as const)(
  'cookie fields that a host has joined by commas, in the %s profile',
  (profile) => {
    it.each([', a=b', ',a=b', ' , a=b; c=d'])(
      'are read where ours begin a field: followed by "%s" (S-14)',
      async (rest) => {
        const { pairs, sid, post } = await signedIn(profile);
        const answer = await post('/auth/refresh', pairs.map((pair) => pair + rest).join('; '));
        expect(await answer.json()).toMatchObject({ sid, seq: 2 });
      },
    );

    it.each(['a=b, ', 'a=b,', 'a=b; c=d, '])(
      'are refused where ours come after a comma, and end nothing: "%s" (S-14)',
      async (first) => {
        const { pairs, post, events, isLive, page } = await signedIn(profile);
        for (const path of ['/auth/refresh', '/auth/logout']) {
          const answer = await post(path, first + pairs.join(', '));
          expect([answer.status, await answer.json()]).toEqual([403, { error: 'request_refused' }]);
          expect(answer.headers.getSetCookie()).toEqual([]);
          expect(events.at(-1)).toMatchObject({ type: 'request-refused', reason: 'folded-cookies' });
        }
        expect([await isLive(), (await page.refresh()).status]).toEqual([true, 200]);
      },
    );

    it('say that nobody is signed in when what comes after the comma is not ours (S-14)', async () => {
      const { pairs, post } = await signedIn(profile);
      const junk = pairs.map((pair) => `${pair.split('=')[0]}=junk`).join(', ');
      expect((await post('/auth/refresh', `a=b, ${junk}`)).status).toBe(204);
    });

    it('do not say who is signed in, or that nobody is, to a page that is rendered on the server (S-14, S-19)', async () => {
      const { authority, pairs } = await signedIn(profile);
      const Cookie = `a=b, ${pairs.join(', ')}`;
      expect(await authority.currentSession(new Request('https://app.example/', { headers: { Cookie } }))).toBe(
        'unknown',
      );
    });
  },
);

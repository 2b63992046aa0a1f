import { describe, expect, it } from 'vitest';
import { never } from './fake-server.ts';
import { atExpiry, credentials } from './world.ts';

const ceilingMs = 60_000;

describe('a refresh that waited its turn behind a sign-in that hangs', () => {
  it.each([0, 1, 500, 2999])(
    'begun %i ms before, counts as under way for a whole ceiling after it was sent',
    async (sinceMs) => {
      const { client, platform, server } = await atExpiry();
      server.always('/auth/login', never);
      server.always('/auth/refresh', never);
      client.signIn(credentials('ann')).catch(() => {});
      await platform.advance(sinceMs);
      for (let minute = 0; minute < 10; minute++) {
        client.authFetch('/api').catch(() => {});
        client.signIn(credentials('ann')).catch(() => {});
        await platform.advance(ceilingMs);
      }
      const sentAt = server.asked('/auth/refresh').map(({ at }) => at);
      const distances = sentAt.slice(1).map((at, nth) => at - (sentAt[nth] ?? at));
      expect(distances.length).toBeGreaterThan(5);
      expect(Math.min(...distances)).toBeGreaterThanOrEqual(ceilingMs);
    },
  );
});

import { describe, expect, it } from 'vitest';
import { never } from './fake-server.ts';
import { atExpiry, credentials } from './world.ts';

const presumedLostMs = 15_000;

describe('a refresh that waited for a sign-in that hangs', () => {
  it.each([0, 1, 500, 2999])(
    'begun %i ms before, is not presumed lost for a whole 15 s after it was sent',
    async (sinceMs) => {
      const { client, platform, server } = await atExpiry();
      server.always('/auth/login', never);
      server.always('/auth/refresh', never);
      client.signIn(credentials('ann')).catch(() => {});
      await platform.advance(sinceMs);
      for (let round = 0; round < 120; round++) {
        client.authFetch('/api').catch(() => {});
        if (round % 12 === 0) client.signIn(credentials('ann')).catch(() => {});
        await platform.advance(5000);
      }
      const sentAt = server.asked('/auth/refresh').map(({ at }) => at);
      const distances = sentAt.slice(1).map((at, nth) => at - (sentAt[nth] ?? at));
      expect(distances.length).toBeGreaterThan(5);
      expect(Math.min(...distances)).toBeGreaterThanOrEqual(presumedLostMs);
    },
  );
});

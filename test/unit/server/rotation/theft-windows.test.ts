import { describe, expect, it } from 'vitest';
import { createFixture, MINUTE, SECOND, tokens } from '../fixture.ts';

const HOUR = 60 * MINUTE;

/** A page whose answer to a refresh was lost, and a thief who has the refresh token that was spent for it. */
async function createTheft(options: Parameters<typeof createFixture>[0] = {}) {
  const fixture = createFixture(options);
  const owner = fixture.browser();
  await owner.signIn();
  const thief = owner.copy();
  const answer = await tokens(await owner.refresh('owner'));
  return { ...fixture, owner, thief, answer };
}

describe('a web view that was killed, so that its cookie jar was set back', () => {
  it.each([
    [10 * SECOND, 401],
    [60 * SECOND, 200],
  ])('is answered, with a grace of %i ms, 15 s after the refresh by %i (S-20)', async (graceMs, status) => {
    const { authority, thief: restarted, answer, clock, events } = await createTheft({ graceMs });
    await authority.verify(answer.access_token);
    clock.now += 15 * SECOND;
    expect((await restarted.refresh('after the restart')).status).toBe(status);
    expect(events.some(({ type }) => type === 'refresh-reused')).toBe(status === 401);
  });
});

describe('a thief with the refresh token before', () => {
  it('gets a branch of his own as long as nobody has used the successor, and until its owner is back (S-22)', async () => {
    const { owner, thief, clock, events } = await createTheft();
    clock.now += 20 * HOUR;
    expect((await thief.refresh()).status).toBe(200);
    expect((await thief.refresh()).status).toBe(200);
    expect(await (await owner.refresh()).json()).toMatchObject({ reason: 'reused' });
    expect(await (await thief.refresh()).json()).toMatchObject({ reason: 'reused' });
    expect(events.map(({ type }) => type)).toContain('refresh-recovered');
  });

  it('ends the session as soon as the successor has been used (S-22)', async () => {
    const { authority, thief, answer, clock } = await createTheft();
    await authority.verify(answer.access_token);
    clock.now += 11 * SECOND;
    expect(await (await thief.refresh()).json()).toMatchObject({ reason: 'reused' });
  });

  it('gets the successor by the idempotency key until that has been used, and then nothing (S-22)', async () => {
    const { authority, thief, answer, clock } = await createTheft();
    clock.now += 30 * SECOND;
    expect((await tokens(await thief.copy().refresh('owner'))).seq).toBe(2);
    await authority.verify(answer.access_token);
    const late = await thief.refresh('owner');
    expect([late.status, late.headers.get('Set-Cookie')]).toEqual([409, null]);
  });
});

describe('statelessAccess', () => {
  it('lets nobody keyedRefresh a spent refresh token after the retry window (S-22)', async () => {
    for (const [ms, status] of [
      [59 * SECOND, 200],
      [60 * SECOND, 401],
    ] as const) {
      const { thief, clock } = await createTheft({ statelessAccess: true });
      clock.now += ms;
      expect((await thief.refresh()).status).toBe(status);
    }
  });

  it('takes a recoveryMs up to the retry window, and off (S-22)', () => {
    for (const recoveryMs of [0, MINUTE]) createFixture({ statelessAccess: true, recoveryMs });
    createFixture({ statelessAccess: true, retryWindowMs: 2 * MINUTE, recoveryMs: 2 * MINUTE });
    createFixture({ statelessAccess: false, recoveryMs: HOUR });
    expect(() => createFixture({ statelessAccess: true, recoveryMs: HOUR })).toThrow(
      /at most `retryWindowMs` \(60000\).*it is 3600000/,
    );
    expect(() => createFixture({ statelessAccess: true, retryWindowMs: 0, recoveryMs: 1 })).toThrow(TypeError);
  });
});

import { describe, expect, it } from 'vitest';
import {
  type AccessTokenClaims,
  copyRevocationList,
  createMemoryRevocationList,
  createMemoryStore,
  createVerifier,
  InvalidTokenError,
  type RevocationList,
  type SessionStore,
  UnavailableError,
} from '../../../../src/server/index.ts';
import { apiCall, createFixture, DAY, type Fixture, MINUTE, SECOND } from '../fixture.ts';
import { AUDIENCE, ISSUER, keys } from '../forgery.ts';

const LIFETIME = 5 * MINUTE;

/** An authority with a list, and three verifiers: with the list, with a copy of it, and with neither. */
function createParts({ store = createMemoryStore() as SessionStore, accessTokenLifetimeMs = LIFETIME } = {}) {
  const clock = { now: Date.UTC(2030, 0, 1) };
  const now = () => clock.now;
  const list = createMemoryRevocationList({ now });
  const fixture = createFixture({ keys, store, revocationList: list, accessTokenLifetimeMs, now });
  const expected = { issuer: ISSUER, audience: AUDIENCE, keys: [keys.current], now, onEvent: () => {} };
  return {
    ...fixture,
    clock,
    list,
    store,
    verifiers: {
      asking: createVerifier({ ...expected, revocation: list }),
      copying: createVerifier({ ...expected, revocation: copyRevocationList(list, { maxAgeMs: 5 * SECOND, now }) }),
      bare: createVerifier(expected),
    },
  };
}

type Parts = ReturnType<typeof createParts>;
type Page = ReturnType<Fixture['browser']>;

const isLetIn = async ({ guard }: Pick<Fixture['authority'], 'guard'>, token: string): Promise<boolean> =>
  !((await guard(apiCall(token))) instanceof Response);

const revocations: [how: string, revoke: (parts: Parts, page: Page, token: string) => Promise<unknown>][] = [
  ['its user signs out', async (_parts, page) => page.signOut()],
  ['its user signs in again in the same browser', async (_parts, page) => page.signIn()],
  [
    'its session is ended',
    async ({ authority }, _page, token) => authority.endSession((await authority.verify(token)).sid),
  ],
  ['all sessions of its user are ended', async ({ authority }) => authority.endUserSessions('ann')],
  ['it is revoked', async ({ authority }, _page, token) => authority.revokeToken(token)],
  [
    'its claims are revoked',
    async ({ authority }, _page, token) => authority.revokeToken(await authority.verify(token)),
  ],
  [
    'a spent refresh token of its session comes back',
    async ({ clock }, page) => {
      const thief = page.copy();
      await page.refresh();
      await page.refresh();
      clock.now += 61 * SECOND;
      expect(await (await thief.refresh()).json()).toMatchObject({ reason: 'reused' });
    },
  ],
];

describe('a copied access token', () => {
  it.each(revocations)(
    'is refused once %s: here and by a list at once, by a copy of it in time, and else when it expires (REV-1)',
    async (_how, revoke) => {
      const parts = createParts();
      const { authority, browser, clock, verifiers } = parts;
      const page = browser();
      const { access_token: token } = await page.signIn();
      const guards = [authority, verifiers.asking, verifiers.copying, verifiers.bare];
      for (const guard of guards) expect(await isLetIn(guard, token)).toBe(true);
      const { exp } = await authority.verify(token);

      await revoke(parts, page, token);
      expect(await isLetIn(authority, token)).toBe(false);
      expect(await isLetIn(verifiers.asking, token)).toBe(false);
      clock.now += 5 * SECOND;
      expect(await isLetIn(verifiers.copying, token)).toBe(false);
      expect(await isLetIn(verifiers.bare, token)).toBe(true);

      clock.now = exp * 1000 + 5 * SECOND;
      expect(await isLetIn(verifiers.bare, token)).toBe(false);
    },
  );

  it('is refused for as long as any verifier would take it, and its entry is gone two minutes later (REV-2)', async () => {
    for (const [, revoke] of revocations) {
      const parts = createParts();
      const { authority, browser, clock, list } = parts;
      const page = browser();
      const { access_token: token } = await page.signIn();
      const lenient = createVerifier({
        issuer: ISSUER,
        audience: AUDIENCE,
        keys: [keys.current],
        clockToleranceMs: 30 * SECOND,
        revocation: list,
        now: () => clock.now,
        onEvent: () => {},
      });
      const { exp } = await authority.verify(token);
      await revoke(parts, page, token);
      for (; clock.now < exp * 1000 + 31 * SECOND; clock.now += SECOND) {
        expect(await isLetIn(lenient, token)).toBe(false);
      }
      clock.now += 2 * MINUTE;
      expect(await list.entries()).toEqual([]);
    }
  });
});

describe('ended sessions', () => {
  it('leave the other sessions and tokens of their user alone', async () => {
    const { authority, browser, verifiers } = createParts();
    const [one, two] = [browser(), browser()];
    const first = await one.signIn();
    const second = await two.signIn();
    await authority.endUserSessions('ann', { except: second.sid });
    expect(await isLetIn(verifiers.asking, first.access_token)).toBe(false);
    expect(await isLetIn(verifiers.asking, second.access_token)).toBe(true);
    await authority.revokeToken(second.access_token);
    const { access_token } = await (await two.refresh()).json();
    expect(await isLetIn(verifiers.asking, access_token)).toBe(true);
    expect(await isLetIn(authority, access_token)).toBe(true);
  });

  it('take every token of their user with them, and a new sign-in starts anew (REV-3)', async () => {
    const { authority, browser, verifiers } = createParts();
    const pages = [browser(), browser(), browser()];
    const before = await Promise.all(pages.map((page) => page.signIn()));
    const other = await browser().signIn('bob');
    await authority.endUserSessions('ann');
    const after = await browser().signIn();
    for (const guard of [authority, verifiers.asking]) {
      for (const { access_token } of before) expect(await isLetIn(guard, access_token)).toBe(false);
      for (const { access_token } of [other, after]) expect(await isLetIn(guard, access_token)).toBe(true);
    }
    for (const page of pages) expect((await page.refresh()).status).toBe(401);
  });

  it('cannot be brought about from another site (REV-12)', async () => {
    const { authority, browser, verifiers } = createParts();
    const page = browser();
    const { access_token } = await page.signIn();
    const origin = { Origin: 'https://evil.example' };
    for (const headers of [origin, { ...origin, 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' }]) {
      expect((await page.post('/auth/logout', { headers })).status).toBe(403);
    }
    for (const guard of [authority, verifiers.asking]) expect(await isLetIn(guard, access_token)).toBe(true);
    expect((await page.refresh()).status).toBe(200);
  });

  it('are listed until the last access token has expired if the lifetime changes from token to token', async () => {
    const clock = { now: Date.UTC(2030, 0, 1) };
    const now = () => clock.now;
    const list = createMemoryRevocationList({ now });
    let lifetime = 2 * 60 * MINUTE;
    const { browser } = createFixture({ keys, revocationList: list, now, accessTokenLifetimeMs: () => lifetime });
    const page = browser();
    const { access_token: long } = await page.signIn();
    lifetime = MINUTE;
    await page.refresh();
    await page.signOut();
    const verifier = createVerifier({
      issuer: ISSUER,
      audience: AUDIENCE,
      keys: [keys.current],
      revocation: list,
      now,
      onEvent: () => {},
    });
    clock.now += 2 * 60 * MINUTE - SECOND;
    expect(await isLetIn(verifier, long)).toBe(false);
    clock.now += 15 * DAY;
    expect(await list.entries()).toEqual([]);
  });

  it('are listed by the thousand in one call', async () => {
    const { authority, browser, list, store } = createParts();
    const { sid } = await browser().signIn();
    const record = await store.read(sid);
    for (let i = 0; i < 2_500; i += 1) await store.insert({ ...(record as object), sid: `session-${i}` } as never);
    await authority.endUserSessions('ann');
    expect(await list.entries()).toHaveLength(2_501);
  });
});

describe('an authority whose revocation list is down', () => {
  function createBroken() {
    const list: RevocationList = { add: () => {}, has: () => false, entries: () => [] };
    const parts = createFixture({ keys, revocationList: list });
    const state = { isDown: false };
    const add = () => {
      if (state.isDown) throw new Error('down');
    };
    const has = () => {
      if (state.isDown) throw new Error('down');
      return false;
    };
    Object.assign(list, { add, has });
    return { ...parts, state };
  }

  it('answers 503 and ends nothing, so that whoever tries again does both (REV-4)', async () => {
    const { authority, browser, state, events } = createBroken();
    const page = browser();
    const { access_token: token, sid } = await page.signIn();
    state.isDown = true;
    expect((await page.signOut()).status).toBe(503);
    await expect(authority.endSession(sid)).rejects.toThrow(UnavailableError);
    await expect(authority.endUserSessions('ann')).rejects.toThrow(UnavailableError);
    await expect(authority.revokeToken(token)).rejects.toThrow(UnavailableError);
    expect(await authority.guard(apiCall(token))).toMatchObject({ status: 503 });
    state.isDown = false;
    expect(await isLetIn(authority, token)).toBe(true);
    expect((await page.refresh()).status).toBe(200);
    await authority.endSession(sid);
    expect(await isLetIn(authority, token)).toBe(false);
    const error = expect.objectContaining({ message: 'The revocation list cannot be written.' });
    expect(events).toContainEqual(expect.objectContaining({ type: 'failed', endpoint: 'sign-out', error }));
  });
});

describe('endUserSessions that failed half-way', () => {
  it.each(['the list', 'the store'])(
    'lists at the second call what the first one ended when %s failed',
    async (what) => {
      const broken = signedInMeanwhile();
      const { authority, browser, list, verifiers } = createParts({ store: broken.store });
      const { access_token } = await browser().signIn();
      const add = list.add.bind(list);
      broken.fail = what === 'the store';
      list.add = (ids, expiresAt) => {
        if (what === 'the list' && ids.length > 0) throw new Error('down');
        return add(ids, expiresAt);
      };
      await expect(authority.endUserSessions('ann')).rejects.toThrow(UnavailableError);
      list.add = add;
      await authority.endUserSessions('ann');
      expect(await isLetIn(verifiers.asking, access_token)).toBe(false);
    },
  );

  /** A store in which somebody seems to sign in after the first look at their sessions, and before these end. */
  function signedInMeanwhile() {
    const store = createMemoryStore();
    const broken = { store, fail: false };
    let looks = 0;
    Object.assign(store, {
      listByUser: (
        (listByUser) => (userId: string) =>
          looks++ === 0 ? [] : listByUser(userId)
      )(store.listByUser),
      endByUser: ((endByUser) => (userId: string, exceptSid?: string) => {
        const ended = endByUser(userId, exceptSid);
        // After the commit: the caller never hears what has ended.
        if (broken.fail && looks === 1) throw new Error('the connection is gone');
        return ended;
      })(store.endByUser),
    });
    return broken;
  }
});

describe('revokeToken', () => {
  it('lets the session of the token go on, and tells the listener whose it was (LOG-1)', async () => {
    const data = { device: 'phone' };
    const { authority, browser, events } = createFixture({ sessionData: () => data });
    const page = browser();
    const { access_token, sid } = await page.signIn();
    await authority.revokeToken(access_token);
    await expect(authority.verify(access_token)).rejects.toThrow(InvalidTokenError);
    const { access_token: next } = await (await page.refresh()).json();
    await expect(authority.verify(next)).resolves.toMatchObject({ sid });
    await authority.guard(apiCall(access_token));
    expect(events).toContainEqual({ type: 'token-revoked', at: expect.any(Number), sid, userId: 'ann' });
    expect(events.at(-1)).toMatchObject({ type: 'token-refused', reason: 'revoked', sid, userId: 'ann', data });
  });

  it('does nothing for a token that has expired, and refuses what is none of ours', async () => {
    const { authority, browser, clock, events } = createFixture();
    const { access_token } = await browser().signIn();
    clock.now += LIFETIME + MINUTE;
    events.length = 0;
    await authority.revokeToken(access_token);
    expect(events).toEqual([]);
    await expect(authority.revokeToken('a.b.c')).rejects.toThrow(InvalidTokenError);
    await expect(authority.revokeToken({ jti: 'a' } as AccessTokenClaims)).rejects.toThrow(TypeError);
    await expect(authority.revokeToken(undefined as never)).rejects.toThrow(/its claims with `jti` and `exp`/);
  });

  it('needs a list that processes share where they share a store', async () => {
    const { authority, browser } = createFixture({ store: createMemoryStore() });
    const { access_token } = await browser().signIn();
    await expect(authority.revokeToken(access_token)).rejects.toThrow(/`revocationList`/);
    await expect(authority.verify(access_token)).resolves.toBeDefined();
    expect(() => createFixture({ revocationList: { add() {} } as never })).toThrow(/`revocationList`/);
  });
});

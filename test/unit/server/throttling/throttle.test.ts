import { RateLimiterMemory } from 'rate-limiter-flexible';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type AuthorityOptions, createMemoryStore } from '../../../../src/server/index.ts';
import { createFixture, tokens, type User } from '../fixture.ts';

type Throttle = NonNullable<AuthorityOptions<User>['throttle']>;

const limiter = (points: number) => new RateLimiterMemory({ points, duration: 60 });
const accountName = (credentials: unknown) => (credentials as { id?: string }).id;
const clientAddress = ({ headers }: Request) => headers.get('X-Real-IP') ?? undefined;

/** An authority with these limiters that counts how often it looks at credentials. */
function fixtureWith(throttle: Throttle, options: Partial<AuthorityOptions<User>> = {}) {
  let looks = 0;
  const fixture = createFixture({
    throttle,
    ...options,
    verifyCredentials(credentials) {
      looks += 1;
      const { id, password } = credentials as { id: string; password: string };
      return password === 'right' ? { id, name: id } : null;
    },
  });
  const page = fixture.browser();
  const attempt = (id: string, password: string, address = '192.0.2.1') =>
    page.post('/auth/login', {
      body: JSON.stringify({ id, password }),
      headers: { 'Content-Type': 'application/json', 'X-Real-IP': address },
    });
  const guess = async (times: number, id = 'ann', address?: string) => {
    const statuses: number[] = [];
    for (let n = 0; n < times; n += 1) statuses.push((await attempt(id, `guess ${n}`, address)).status);
    return statuses;
  };
  return { ...fixture, page, attempt, guess, looks: () => looks };
}

describe('sign-ins for one account', () => {
  it('are answered with 429 and Retry-After once there are too many, and nobody looks at the password', async () => {
    const { guess, attempt, looks, events } = fixtureWith({ account: limiter(3), accountName });
    expect(await guess(3)).toEqual([401, 401, 401]);
    const refused = await attempt('ann', 'right');
    expect([refused.status, await refused.json(), looks()]).toEqual([429, { error: 'too_many_requests' }, 3]);
    const seconds = Number(refused.headers.get('Retry-After'));
    expect(seconds).toBeGreaterThan(50);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(events.at(-1)).toMatchObject({ type: 'sign-in-throttled', by: 'account', key: expect.any(String) });
  });

  it('that are made at once are no free guesses', async () => {
    const { attempt } = fixtureWith({ account: limiter(3), accountName });
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => attempt('ann', `guess ${n}`)));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(3);
  });

  it('are counted alike for a name that nobody has, and apart for each name', async () => {
    const { guess } = fixtureWith({ account: limiter(1), accountName });
    expect(await guess(2, 'nobody')).toEqual([401, 429]);
    expect(await guess(2, 'ann')).toEqual([401, 429]);
  });

  it('are the same account in any case, width and between any spaces', async () => {
    const { guess } = fixtureWith({ account: limiter(1), accountName });
    expect(await guess(1, 'ann')).toEqual([401]);
    for (const id of ['ANN', ' ann ', '\uff41nn']) expect(await guess(1, id)).toEqual([429]);
  });

  it('are counted as well where the name is a number', async () => {
    const { guess } = fixtureWith({ account: limiter(1), accountName: () => 4711 });
    expect(await guess(2)).toEqual([401, 429]);
  });

  it.each([[['ann']], [{ name: 'ann' }], [true]])(
    'fail with a word to the developer for the name %j, which a database might read as one',
    async (name) => {
      const { guess, looks, events } = fixtureWith({ account: limiter(1), accountName: () => name as never });
      expect([await guess(2), looks()]).toEqual([[500, 500], 0]);
      expect(events.at(-1)).toMatchObject({
        type: 'failed',
        error: { message: expect.stringContaining('`throttle.accountName` must give text') },
      });
    },
  );

  it('start afresh after a success', async () => {
    const { guess, attempt } = fixtureWith({ account: limiter(3), accountName });
    await guess(2);
    expect((await attempt('ann', 'right')).status).toBe(200);
    expect(await guess(3)).toEqual([401, 401, 401]);
  });

  it('are kept under a hash, and the event names no user', async () => {
    const account = limiter(1);
    const { guess, attempt, events } = fixtureWith({ account, accountName });
    await guess(2, 'ann@example.com');
    const [key] = events.flatMap((event) => (event.type === 'sign-in-throttled' ? [event.key] : []));
    expect(key).toMatch(/^account:[\w-]{22}$/);
    await account.delete(key ?? '');
    expect((await attempt('ann@example.com', 'right')).status).toBe(200);
  });

  it.each([null, ''])('are not counted for a name that is %j', async (id) => {
    const { guess } = fixtureWith({ account: limiter(1), accountName });
    expect(await guess(3, id as unknown as string)).toEqual([401, 401, 401]);
  });
});

describe('sign-ins from one address', () => {
  it('are stopped when they try one name after the other', async () => {
    const { guess, events } = fixtureWith({ address: limiter(2), clientAddress });
    expect([await guess(1, 'ann'), await guess(1, 'bob'), await guess(1, 'cleo')].flat()).toEqual([401, 401, 429]);
    expect(await guess(1, 'cleo', '192.0.2.2')).toEqual([401]);
    expect(events.find(({ type }) => type === 'sign-in-throttled')).toMatchObject({ key: 'address:192.0.2.1' });
  });

  it('take no attempt from an account once they are stopped', async () => {
    const { guess, attempt } = fixtureWith({ address: limiter(1), clientAddress, account: limiter(2), accountName });
    expect(await guess(5)).toEqual([401, 429, 429, 429, 429]);
    expect((await attempt('ann', 'right', '192.0.2.2')).status).toBe(200);
  });

  it('count only where they fail, so that many people may share one', async () => {
    const { attempt, guess } = fixtureWith({ address: limiter(2), clientAddress });
    for (let n = 0; n < 10; n += 1) expect((await attempt(`user ${n}`, 'right')).status).toBe(200);
    expect(await guess(3)).toEqual([401, 401, 429]);
  });

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', 'address:2001:db8:1:2::/64'],
    ['2001:DB8::7%eth0', '2001:db8:0:0:9::', 'address:2001:db8:0:0::/64'],
    ['::ffff:192.0.2.1', '192.0.2.1', 'address:192.0.2.1'],
  ])('%s and %s are one network', async (one, other, key) => {
    const { guess, events } = fixtureWith({ address: limiter(1), clientAddress });
    expect([await guess(1, 'ann', one), await guess(1, 'ann', other)].flat()).toEqual([401, 429]);
    expect(events.at(-1)).toMatchObject({ by: 'address', key });
  });

  it('of an unknown address fail with a word to the developer, for nobody would be stopped', async () => {
    const { guess, events } = fixtureWith({ address: limiter(1), clientAddress: () => undefined });
    expect(await guess(1)).toEqual([500]);
    expect(events.at(-1)).toMatchObject({
      type: 'failed',
      error: expect.objectContaining({ message: expect.stringContaining('`throttle.clientAddress`') }),
    });
  });
});

describe('TOK-8 refreshes of one session', () => {
  it('are answered with 429 and Retry-After once there are too many, and the session is kept', async () => {
    const session = limiter(2);
    const data = { device: 'phone' };
    const { page, attempt, events } = fixtureWith({ session }, { sessionData: () => data });
    const { sid } = await tokens(await attempt('ann', 'right'));
    await page.refresh();
    await page.refresh();
    const refused = await page.refresh();
    expect([refused.status, await refused.json()]).toEqual([429, { error: 'too_many_requests' }]);
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(50);
    expect(refused.headers.get('Set-Cookie')).toBeNull();
    expect(events.at(-1)).toMatchObject({ type: 'refresh-throttled', sid, userId: 'ann', data });
    await session.delete(`session:${sid}`);
    expect((await page.refresh()).status).toBe(200);
  });

  it('are answered with 429, and told without a user, where the store cannot say whose they are', async () => {
    const store = createMemoryStore();
    const { page, events } = fixtureWith({ session: limiter(1) }, { store });
    const { sid } = await page.signIn();
    await page.refresh();
    store.read = () => Promise.reject(new Error('down'));
    expect((await page.refresh()).status).toBe(429);
    expect(events.at(-1)).toEqual({
      type: 'refresh-throttled',
      at: expect.any(Number),
      sid,
      retryAfterMs: expect.any(Number),
    });
  });

  it('are counted for each session alone, and not for a cookie that nobody has signed', async () => {
    const { browser } = fixtureWith({ session: limiter(1) });
    const [ann, bob] = [browser(), browser()];
    const { sid } = await ann.signIn();
    await bob.signIn();
    for (let n = 0; n < 3; n += 1) {
      const forged = `${sid}.1.${'A'.repeat(43)}`;
      const answer = await ann.copy().post('/auth/refresh', { headers: { Cookie: `__Host-refresh=${forged}` } });
      expect(answer.status).toBe(401);
    }
    expect([(await ann.refresh()).status, (await bob.refresh()).status]).toEqual([200, 200]);
  });
});

describe('a limiter that cannot count', () => {
  const down = () => Promise.reject(new Error('connection refused'));
  const broken = { consume: down, reward: down, delete: down };

  it.each([
    ['account', { account: broken, accountName }],
    ['address', { address: broken, clientAddress }],
  ])('lets nobody guess: 503 (%s)', async (_name, throttle) => {
    const { guess, looks, events } = fixtureWith(throttle);
    expect([await guess(1), looks()]).toEqual([[503], 0]);
    expect(events.at(-1)).toMatchObject({ type: 'failed', endpoint: 'sign-in' });
  });

  it('ends no session: 503', async () => {
    const { page, attempt } = fixtureWith({ session: broken });
    await attempt('ann', 'right');
    const answer = await page.refresh();
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '5']);
  });

  it('is waited for no longer than five seconds, and lets nobody guess then', async () => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const asked = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => timeout(20));
    onTestFinished(() => asked.mockRestore());
    const never = () => new Promise<never>(() => {});
    const { guess, looks } = fixtureWith({ account: { ...broken, consume: never }, accountName });
    expect([await guess(1), looks(), asked.mock.calls]).toEqual([[503], 0, [[5_000]]]);
    const silent = { consume: async () => 1, reward: never, delete: never };
    expect((await fixtureWith({ account: silent, accountName }).attempt('ann', 'right')).status).toBe(200);
  });

  it('that fails after a success does not spoil it', async () => {
    const { attempt, events } = fixtureWith({ account: { ...broken, consume: async () => 1 }, accountName });
    expect((await attempt('ann', 'right')).status).toBe(200);
    expect(events.map(({ type }) => type)).toEqual(['failed', 'signed-in']);
  });

  it('tells a block without an end as a day', async () => {
    const blocked = { ...broken, consume: () => Promise.reject({ msBeforeNext: -1 }) };
    const { attempt } = fixtureWith({ account: blocked, accountName });
    expect((await attempt('ann', 'right')).headers.get('Retry-After')).toBe('86400');
  });
});

describe('the throttle option', () => {
  it.each([
    ['throttle', null],
    ['throttle.account', { account: {}, accountName }],
    ['throttle.address', { address: null, clientAddress }],
    ['throttle.session', { session: true }],
    ['throttle.accountName', { account: limiter(1) }],
    ['throttle.accountName', { accountName: 'id' }],
    ['throttle.clientAddress', { address: limiter(1) }],
  ])('is a TypeError that names `%s` where that is wrong', (name, throttle) => {
    expect(() => createFixture({ throttle: throttle as never })).toThrow(TypeError);
    expect(() => createFixture({ throttle: throttle as never })).toThrow(`\`${name}\``);
  });
});

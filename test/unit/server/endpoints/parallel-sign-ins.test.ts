import { describe, expect, it } from 'vitest';
import { authRoutes } from '../../../../src/node/index.ts';
import { createMemoryStore, type SessionRecord, type SessionStore } from '../../../../src/server/index.ts';
import { startSession } from '../../../../src/server/rotation/session-record.ts';
import { type Host, host } from '../../node/hosts.ts';
import { createFixture, DAY } from '../fixture.ts';

/** A browser that keeps the cookies of its responses in the order in which they arrive. */
function createBrowser({ post }: Host) {
  const jar = new Map<string, string>();
  const keep = (response: Response): void => {
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = cookie.split(/[=;]/);
      jar.set(name, value);
    }
  };
  const send = (path: string, init: RequestInit = {}): Promise<Response> =>
    post(path, { ...init, cookies: [...jar].map((pair) => pair.join('=')) });
  const submit = (id = 'ann'): Promise<Response> =>
    send('/auth/login', {
      body: JSON.stringify({ id, password: 'right' }),
      headers: { 'Content-Type': 'application/json' },
    });
  return {
    keep,
    submit,
    async signIn(id?: string): Promise<Response> {
      const response = await submit(id);
      keep(response);
      return response;
    },
    refresh: (): Promise<Response> => send('/auth/refresh'),
  };
}

/** A store in which sessions are added two at a time: none before the other, as when two processes are at it. */
function addingInPairs(): SessionStore {
  const store = createMemoryStore();
  let first: (() => void) | undefined;
  let added = 0;
  return {
    ...store,
    async insert(record) {
      added += 1;
      await store.insert(record);
      if (added === 1) await new Promise<void>((resolve) => (first = resolve));
      if (added === 2) first?.();
    },
  };
}

const start = (store: SessionStore): Promise<Host> => host(authRoutes, { maxSessionsPerUser: 1, store });

describe('two sign-ins of one browser at the same moment, with `maxSessionsPerUser: 1`,', () => {
  it('leave it with the cookie of the session that stays, since that one is answered last', async () => {
    for (let round = 0; round < 10; round += 1) {
      const server = await start(addingInPairs());
      const browser = createBrowser(server);
      const answers = await Promise.all([browser.signIn(), browser.signIn()]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect((await browser.refresh()).status).toBe(200);
      expect(await server.fixture.authority.listSessions('ann')).toHaveLength(1);
    }
  });

  it('leave it with that cookie although the first one is held up until the second has been answered', async () => {
    const store = createMemoryStore();
    let asked = 0;
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let isHeld = (): void => undefined;
    const reached = new Promise<void>((resolve) => (isHeld = resolve));
    const server = await start({
      ...store,
      async listByUser(userId) {
        asked += 1;
        if (asked === 2) {
          isHeld();
          await held;
        }
        return store.listByUser(userId);
      },
    });
    const browser = createBrowser(server);
    const first = browser.signIn();
    await reached;
    await browser.signIn();
    goOn();
    await first;
    expect((await browser.refresh()).status).toBe(200);
  });

  it('leave it with a cookie that has ended where the network swaps the responses: it signs in again', async () => {
    const server = await start(addingInPairs());
    const browser = createBrowser(server);
    const arrived: Response[] = [];
    await Promise.all([1, 2].map(() => browser.submit().then((response) => arrived.push(response))));
    for (const response of arrived.reverse()) browser.keep(response);
    const refused = await browser.refresh();
    expect([refused.status, await refused.json()]).toEqual([401, { error: 'invalid_grant', reason: 'revoked' }]);
    await browser.signIn();
    expect((await browser.refresh()).status).toBe(200);
  });
});

describe('a sign-in that others overtake', () => {
  it('is told of like any other, and so is its end', async () => {
    const { fixture, ...server } = await start(addingInPairs());
    const browser = createBrowser({ fixture, ...server });
    await Promise.all([browser.signIn(), browser.signIn()]);
    const told = fixture.events.map((event) => ('sid' in event ? `${event.type} ${event.sid}` : event.type));
    expect(told.filter((line) => line.startsWith('signed-in'))).toHaveLength(3);
    expect(told.filter((line) => line.startsWith('revoked'))).toHaveLength(2);
    expect(new Set(told).size).toBe(5);
  });

  it('does not begin again once `endUserSessions` has ended it', async () => {
    const store = createMemoryStore();
    let endAll = async (): Promise<void> => undefined;
    const { authority, browser } = createFixture({
      maxSessionsPerUser: 1,
      store: {
        ...store,
        async insert(record) {
          await store.insert(record);
          await endAll();
        },
      },
    });
    endAll = () => authority.endUserSessions('ann');
    await browser().signIn();
    expect(await authority.listSessions('ann')).toEqual([]);
  });

  it('gives up with 503 and no cookie when that happens again and again', async () => {
    const store = createMemoryStore();
    let newest = Date.UTC(2031, 0, 1);
    const overtaking = (): SessionRecord => {
      newest += 10;
      return startSession('A'.repeat(22), 'ann', newest, { idleTimeoutMs: DAY, absoluteTimeoutMs: DAY });
    };
    const { browser } = createFixture({
      maxSessionsPerUser: 1,
      store: { ...store, listByUser: async (userId) => [...(await store.listByUser(userId)), overtaking()] },
    });
    const body = JSON.stringify({ id: 'ann', password: 'right' });
    const answer = await browser().post('/auth/login', { body, headers: { 'Content-Type': 'application/json' } });
    expect([answer.status, answer.headers.get('Retry-After'), answer.headers.getSetCookie()]).toEqual([503, '5', []]);
  });
});

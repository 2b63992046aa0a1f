import { describe, expect, it } from 'vitest';
import { flush } from '../fake-platform.ts';
import { type Answer, createRefreshScene, offline, status, tokens } from './refresh-scene.ts';

describe('a refresh', () => {
  it('TOK-14 is sent as the contract says', async () => {
    const { refresh, sent } = createRefreshScene();
    await refresh();
    expect(sent).toEqual([
      {
        method: 'POST',
        headers: { Accept: 'application/json', 'X-Auth-Client': '1', 'Idempotency-Key': expect.any(String) as string },
        credentials: 'include',
        cache: 'no-store',
        redirect: 'manual',
        referrerPolicy: 'no-referrer',
        keepalive: true,
        signal: expect.any(AbortSignal) as AbortSignal,
      },
    ]);
  });

  it('RT-13 is not aborted, however long it takes and though three more are sent beside it', async () => {
    const hangs = () => new Promise<Response>(() => {});
    const { refresh, sent, platform } = createRefreshScene([hangs, hangs, hangs, hangs]);
    for (const number of [1, 2, 3, 4]) {
      void refresh(number);
      await platform.advance(60_000);
    }
    expect(sent.map(({ signal }) => signal?.aborted)).toEqual([false, false, false, false]);
  });

  it('is aborted if four newer ones hang as well: a page has six connections to a host (C-9)', async () => {
    const hangs = () => new Promise<Response>(() => {});
    const { refresh, sent, platform } = createRefreshScene([hangs, hangs, hangs, hangs, hangs, hangs]);
    for (const number of [1, 2, 3, 4, 5, 6]) {
      void refresh(number);
      await platform.advance(60_000);
    }
    expect(sent.map(({ signal }) => signal?.aborted)).toEqual([true, true, false, false, false, false]);
  });

  it('that was answered does not count among those that hang', async () => {
    const hangs = () => new Promise<Response>(() => {});
    const { refresh, sent, platform } = createRefreshScene([hangs, tokens, tokens, tokens, tokens, tokens]);
    for (const number of [1, 2, 3, 4, 5, 6]) {
      void refresh(number);
      await platform.advance(60_000);
    }
    expect(sent.map(({ signal }) => signal?.aborted)).toEqual([false, false, false, false, false, false]);
  });

  it('reports the token set, counted from just before it was sent', async () => {
    const { refresh, done, platform } = createRefreshScene([]);
    const obtainedAt = platform.clock.now();
    await refresh();
    expect(done).toEqual([
      {
        type: 'refreshed',
        identityVersion: 0,
        attempt: 1,
        jitter: 0.5,
        tokenSet: {
          value: 'abc',
          obtainedAt,
          lifetimeMs: 60_000,
          seq: undefined,
          user: {
            id: 'ann',
            sid: undefined,
            claims: { expires_in: 60, user: 'ann' },
            members: { expires_in: 60, user: 'ann' },
          },
        },
      },
    ]);
  });

  it('TIM-4 that takes long does not make the token younger', async () => {
    let arrive: (response: Response) => void = () => {};
    const { refresh, done, platform } = createRefreshScene([() => new Promise((resolve) => (arrive = resolve))]);
    const obtainedAt = platform.clock.now();
    const over = refresh();
    await platform.advance(40_000);
    arrive(tokens());
    await over;
    expect(done[0]).toMatchObject({ tokenSet: { obtainedAt } });
  });

  it('keeps the members of the same session’s user', async () => {
    const { refresh, done, become } = createRefreshScene([() => Response.json({ access_token: 'abc' })]);
    become({ user: { id: 'ann', claims: {}, members: { user: 'ann' } } });
    await refresh();
    expect(done[0]).toMatchObject({ tokenSet: { user: { id: 'ann', claims: { user: 'ann' } } } });
  });

  it('takes nothing of a user of another session', async () => {
    let arrive: (response: Response) => void = () => {};
    const { refresh, done, become } = createRefreshScene([() => new Promise((resolve) => (arrive = resolve))]);
    const over = refresh();
    await flush();
    become({ identityVersion: 1, user: { id: 'bob', claims: {}, members: { user: 'bob' } } });
    arrive(Response.json({ access_token: 'abc' }));
    await over;
    expect(done[0]).toMatchObject({ identityVersion: 0, tokenSet: { user: { id: undefined, claims: {} } } });
  });

  it('is not sent if the session is over before its slot comes', async () => {
    const { refresh, sent, done, become, enqueue } = createRefreshScene();
    let end = () => {};
    void enqueue(() => new Promise<void>((resolve) => (end = resolve)), 0);
    const over = refresh();
    become({ identityVersion: 1 });
    end();
    await over;
    expect(sent).toEqual([]);
    expect(done).toMatchObject([{ type: 'refresh-skipped', identityVersion: 0, attempt: 1 }]);
  });

  it('takes no slot if another tab has made it needless', async () => {
    let queue = 0;
    const { refresh, done, become } = createRefreshScene([], {
      mayBeInOtherTab: () => true,
      askOtherTabs: async () => become({ identityVersion: 1 }),
      enqueue: (attempt) => {
        queue++;
        return attempt('at-once');
      },
    });
    await refresh();
    expect([queue, done]).toEqual([0, [{ type: 'refresh-skipped', identityVersion: 0, attempt: 1 }]]);
  });

  // What another page writes is seen milliseconds late.
  it('is skipped if the record has a newer token by the time its slot comes', async () => {
    const answers = [false, true];
    const { refresh, done, sent, become } = createRefreshScene([], {
      mayBeInOtherTab: () => answers.shift() === true,
      askOtherTabs: async () => become({ identityVersion: 1 }),
    });
    await refresh();
    expect([sent, done]).toEqual([[], [{ type: 'refresh-skipped', identityVersion: 0, attempt: 1 }]]);
  });

  it('RT-18 waits for the sign-in under way, 3 s at most', async () => {
    const { refresh, sent, platform, enqueue } = createRefreshScene();
    void enqueue(() => new Promise(() => {}), 0);
    const over = refresh();
    await platform.advance(2999);
    expect(sent).toHaveLength(0);
    await platform.advance(1);
    await over;
    expect(sent).toHaveLength(1);
  });
});

describe('what comes of it', () => {
  it.each<[string, Answer, object]>([
    ['no network', offline, { type: 'refresh-failed', problem: { kind: 'network' } }],
    ['a 503', status(503), { type: 'refresh-failed', problem: { kind: 'status', status: 503 } }],
    ['a 429', status(429, { 'retry-after': '30' }), { type: 'refresh-failed', delayMs: 30_000, mandatedMs: 30_000 }],
    ['a 401', status(401), { type: 'refresh-rejected', reason: 'expired' }],
    ['a 204', status(204), { type: 'refresh-rejected' }],
    [
      'a reuse',
      () => Response.json({ reason: 'reused' }, { status: 401 }),
      { type: 'refresh-rejected', reason: 'reused' },
    ],
    ['HTML', () => new Response('<html>'), { type: 'refresh-failed', problem: { kind: 'malformed' } }],
    ['TOK-5 half a JSON', () => new Response('{"access_'), { type: 'refresh-failed', problem: { kind: 'malformed' } }],
    [
      'JSON without a token',
      () => Response.json({ ok: true }),
      { type: 'refresh-failed', problem: { kind: 'malformed' } },
    ],
    [
      'a token that no header may hold',
      () => tokens({ access_token: 'a\nb' }),
      { type: 'refresh-failed', problem: { kind: 'malformed' } },
    ],
    [
      'a throw in place of a promise',
      () => {
        throw new Error('no route');
      },
      { type: 'refresh-failed', problem: { kind: 'network' } },
    ],
  ])('of %s is one report', async (_, answer, report) => {
    const { refresh, done } = createRefreshScene([answer]);
    await refresh();
    expect(done).toHaveLength(1);
    expect(done[0]).toMatchObject({ identityVersion: 0, attempt: 1, ...report });
  });

  it('of an object without a token is reported: it is a bug', async () => {
    const { refresh, platform } = createRefreshScene([() => Response.json({ ok: true })]);
    await refresh();
    expect(platform.reported).toMatchObject([{ code: 'token_response' }]);
  });

  it('of a page of HTML is not reported: the network has sent it', async () => {
    const { refresh, platform } = createRefreshScene([() => new Response('<html>')]);
    await refresh();
    expect(platform.reported).toEqual([]);
  });

  it('is a failure that keeps the session if parseClaims throws', async () => {
    const parseClaims = () => {
      throw new Error('no roles');
    };
    const reading = { parseClaims, userId: () => 'ann', readTokens: undefined };
    const { refresh, done, platform } = createRefreshScene([], { reading });
    await refresh();
    expect(done[0]).toMatchObject({ type: 'refresh-failed', problem: { kind: 'malformed' } });
    expect(platform.reported).toMatchObject([{ code: 'token_response' }]);
  });

  it.each([
    { failures: 0, delayMs: 250 },
    { failures: 3, delayMs: 2000 },
    { failures: 50, delayMs: 15_000 },
  ])('is a longer pause after $failures failures', async ({ failures, delayMs }) => {
    const { refresh, done, become, platform } = createRefreshScene([offline]);
    const problem = { kind: 'network', attempts: failures } as const;
    become({ failure: { count: failures, failedAt: platform.clock.now(), delayMs: 0, mandatedMs: 0, problem } });
    await refresh();
    expect(done[0]).toMatchObject({ delayMs, mandatedMs: 0 });
  });
});

import { describe, expect, it } from 'vitest';
import { flush } from '../fake-platform.ts';
import { type Answer, createRefreshScene, offline, status, tokens } from './refresh-scene.ts';

describe('the idempotency key', () => {
  it.each<[string, Answer]>([
    ['a lost response', offline],
    ['a 503', status(503)],
    ['an answer that cannot be read', () => new Response('<html>')],
    [
      'a body that breaks off',
      () => new Response(new ReadableStream({ start: (c) => c.error(new TypeError('broken')) })),
    ],
  ])('is the same for the retry after %s', async (_, answer) => {
    const { refresh, keys } = createRefreshScene([answer]);
    await refresh(1);
    await refresh(2);
    expect(new Set(keys()).size).toBe(1);
  });

  it.each<[string, Answer]>([
    ['tokens', () => tokens()],
    ['a definitive no', status(401)],
  ])('is given up after %s', async (_, answer) => {
    const { refresh, keys } = createRefreshScene([answer]);
    await refresh(1);
    await refresh(2);
    expect(new Set(keys()).size).toBe(2);
  });

  it('is in the record while the refresh is in flight, and no longer', async () => {
    let arrive: (response: Response) => void = () => {};
    const { refresh, platform, keys } = createRefreshScene([() => new Promise((resolve) => (arrive = resolve))]);
    const over = refresh();
    await flush();
    const stored = () => platform.stored.get('silent-refresh:test:pending-key');
    expect(JSON.parse(stored() ?? '{}')).toMatchObject({ key: keys()[0] });
    arrive(tokens());
    await over;
    expect(stored()).toBeUndefined();
  });

  it('of a page that was reloaded is used again, and kept for its whole time', async () => {
    const stored = new Map<string, string>();
    const dead = createRefreshScene([() => new Promise<Response>(() => {})], {}, stored);
    void dead.refresh();
    await flush();
    const alive = createRefreshScene([], {}, stored);
    await alive.refresh(1);
    await alive.refresh(2);
    expect(alive.keys()).toEqual([dead.keys()[0], dead.keys()[0]]);
    await alive.platform.advance(60_000);
    await alive.refresh(3);
    expect(alive.keys()[2]).not.toBe(dead.keys()[0]);
  });
});

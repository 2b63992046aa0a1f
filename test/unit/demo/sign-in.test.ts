import { describe, expect, it } from 'vitest';
import { createPasswordQueue } from '../../../demo/server/password-queue.ts';
import { accountName, createSignIn } from '../../../demo/server/sign-in.ts';
import type { DemoUser } from '../../../demo/server/users.ts';

const ADA: DemoUser = { id: '1', name: 'ada', displayName: 'Ada' };

/** Work that ends when it is told to, and how much of it is under way. */
function heldWork() {
  const ends: (() => void)[] = [];
  const seen = { running: 0, most: 0 };
  const work = async (): Promise<DemoUser> => {
    seen.running += 1;
    seen.most = Math.max(seen.most, seen.running);
    await new Promise<void>((resolve) => ends.push(resolve));
    seen.running -= 1;
    return ADA;
  };
  const settle = async (all: readonly Promise<unknown>[]): Promise<void> => {
    let isOver = false;
    const over = Promise.allSettled(all).then(() => {
      isOver = true;
    });
    while (!isOver) {
      ends.shift()?.();
      await Promise.resolve();
    }
    await over;
  };
  const endOne = async (): Promise<void> => {
    ends.shift()?.();
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  return { work, seen, settle, endOne };
}

describe('createPasswordQueue', () => {
  it('runs two at once, keeps the others in line, and loses none', async () => {
    const { work, seen, settle } = heldWork();
    const queue = createPasswordQueue();
    const all = Array.from({ length: 10 }, () => queue.run(work));
    expect(queue.isFull()).toBe(true);
    await settle(all);
    expect(seen.most).toBe(2);
    expect(await Promise.all(all)).toEqual(Array.from({ length: 10 }, () => ADA));
    expect(queue.isFull()).toBe(false);
  });

  it('lets no newcomer in before those in line', async () => {
    const { work, seen, settle, endOne } = heldWork();
    const queue = createPasswordQueue();
    const all = Array.from({ length: 6 }, () => queue.run(work));
    await endOne();
    await endOne();
    all.push(queue.run(work), queue.run(work));
    await settle(all);
    expect(seen.most).toBe(2);
  });

  it('goes on after work that failed', async () => {
    const queue = createPasswordQueue();
    for (const _ of [1, 2, 3]) {
      await expect(queue.run(() => Promise.reject(new Error('no memory')))).rejects.toThrow('no memory');
    }
    await expect(queue.run(async () => 'done')).resolves.toBe('done');
  });
});

describe('the sign-in of the demo', () => {
  it('asks to come back in a second while ten passwords are being looked at', async () => {
    const { work, settle } = heldWork();
    const signIn = createSignIn({ authenticate: work });
    const attempt = (n: number) => signIn({ userName: `user${n}`, password: 'x' });
    const all = Array.from({ length: 10 }, (_, n) => attempt(n));
    const refused = await attempt(10);
    if (!(refused instanceof Response)) throw new Error('it was let in');
    expect([refused.status, refused.headers.get('Retry-After'), await refused.json()]).toEqual([
      429,
      '1',
      { error: 'busy' },
    ]);
    await settle(all);
    const late = attempt(11);
    await settle([late]);
    expect(await late).toEqual(ADA);
  });

  it.each([
    ['a name and a password', { userName: ' ada ', password: 'x' }, 'ada'],
    ['no password', { userName: 'ada', password: '' }, undefined],
    ['a name that is too long', { userName: 'a'.repeat(201), password: 'x' }, undefined],
    ['something else', null, undefined],
  ])('counts %s as an attempt, or does not', (_name, credentials, expected) => {
    expect(accountName(credentials)).toBe(expected);
  });
});

import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../../src/server/index.ts';
import { createFixture, SECOND, tokens } from '../fixture.ts';

const spring = new Uint8Array(32).fill(1);
const summer = new Uint8Array(32).fill(2);

/** The current secret, and then the previous ones. */
type Secrets = [Uint8Array, ...Uint8Array[]];
type Page = ReturnType<ReturnType<typeof createFixture>['browser']>;

/** Server processes with one store, each with its secrets. */
function createProcesses() {
  const store = createMemoryStore();
  const start = (refreshSecret: Uint8Array, ...previousRefreshSecrets: Uint8Array[]) =>
    createFixture({ store, refreshSecret, previousRefreshSecrets });
  const at = (process: ReturnType<typeof start>, page: Page): Page => {
    const there = process.browser();
    for (const [name, value] of page.jar) there.jar.set(name, value);
    return there;
  };
  return { start, at };
}

describe('a refresh token', () => {
  it('is good at no other authority, even on the same store and with the same secret (RT-4, JWT-11)', async () => {
    const store = createMemoryStore();
    const [app, admin] = [{ issuer: 'https://app.example' }, { issuer: 'https://admin.example' }].map((options) =>
      createFixture({ store, ...options }),
    );
    const page = app?.browser();
    await page?.signIn();
    const copied = admin?.browser();
    for (const [name, value] of page?.jar ?? []) copied?.jar.set(name, value);
    expect((await copied?.refresh())?.status).toBe(401);
    expect((await copied?.signOut())?.status).toBe(204);
    expect((await page?.refresh())?.status).toBe(200);
  });
});

describe('`previousRefreshSecrets`', () => {
  it('keep refresh tokens of an older secret good, and new ones are signed with the current one (S-17)', async () => {
    const { start, at } = createProcesses();
    const page = start(spring).browser();
    await page.signIn();
    const after = at(start(summer, spring), page);
    expect((await after.refresh()).status).toBe(200);
    expect((await at(start(summer), after).refresh()).status).toBe(200);
    expect((await at(start(summer), page).refresh()).status).toBe(401);
  });

  it('lose no session while processes with the old and the new settings run side by side (S-17)', async () => {
    const { start, at } = createProcesses();
    let page = start(spring).browser();
    await page.signIn();
    const steps = [
      [start(spring), start(spring, summer)],
      [start(spring, summer), start(summer, spring)],
      [start(summer, spring), start(summer)],
    ];
    for (const processes of steps) {
      for (let i = 0; i < 4; i += 1) {
        for (const process of processes) {
          process.clock.now += i * 30 * SECOND;
          page = at(process, page);
          expect((await page.refresh(`key ${i}`)).status).toBe(200);
        }
      }
    }
  });

  it('sign users out where one process signs with a secret that another one has not been given before', async () => {
    const { start, at } = createProcesses();
    const page = start(summer, spring).browser();
    await page.signIn();
    expect((await at(start(spring), page).refresh()).status).toBe(401);
    expect((await at(start(spring, summer), page).refresh()).status).toBe(200);
  });

  /** Two processes of each step of a roll-over, the one that has taken it and the one that has not. */
  const steps: [step: string, taken: Secrets, before: Secrets][] = [
    ['the new secret is added', [spring, summer], [spring]],
    ['the two are exchanged', [summer, spring], [spring, summer]],
    ['the old secret is dropped', [summer], [summer, spring]],
  ];
  const directions = steps.flatMap(([step, taken, before]): typeof steps => [
    [`${step}, to a process that has not taken the step`, taken, before],
    [`${step}, to a process that has`, before, taken],
  ]);

  it.each(directions)('answer a retry with the same generation while %s (S-17)', async (_step, here, there) => {
    const { start, at } = createProcesses();
    const [first, other] = [start(...here), start(...there)];
    const page = first.browser();
    await page.signIn();
    const lost = await tokens(await at(first, page).refresh('key'));
    other.clock.now += 30 * SECOND;
    const retried = at(other, page);
    expect((await tokens(await retried.refresh('key'))).seq).toBe(lost.seq);
    expect((await at(first, retried).refresh('next')).status).toBe(200);
  });

  it.each(directions)(
    'take a late copy for a duplicate, and not for theft, while %s (S-17)',
    async (_step, here, there) => {
      const { start, at } = createProcesses();
      const [first, other] = [start(...here), start(...there)];
      const page = first.browser();
      await page.signIn();
      const copied = at(other, page);
      await first.authority.verify((await tokens(await page.refresh('key'))).access_token);
      other.clock.now += 30 * SECOND;
      expect((await copied.refresh('key')).status).toBe(409);
      expect((await page.refresh('next')).status).toBe(200);
    },
  );

  it('answer a repeated refresh with the same generation while the secret changes (S-17)', async () => {
    const { start, at } = createProcesses();
    const process = start(summer, spring);
    const before = start(spring).browser();
    await before.signIn();
    const first = await tokens(await at(process, before).refresh('key'));
    process.clock.now += 30 * SECOND;
    const again = await tokens(await at(process, before).refresh('key'));
    expect(again.seq).toBe(first.seq);
  });

  it('let a sign-out end a session that an older secret proves (S-17)', async () => {
    const { start, at } = createProcesses();
    const page = start(spring).browser();
    const { access_token } = await page.signIn();
    const process = start(summer, spring);
    expect((await at(process, page).signOut()).status).toBe(204);
    await expect(process.authority.verify(access_token)).rejects.toThrow();
  });

  const misuses: [what: string, previousRefreshSecrets: unknown][] = [
    ['no list', spring],
    ['a list of text', ['x'.repeat(64)]],
    ['a list with a short one', [spring, spring.subarray(1)]],
    ['five secrets', Array.from({ length: 5 }, () => spring)],
  ];
  it.each(misuses)('are a TypeError as %s', (_what, previousRefreshSecrets) => {
    const act = () => createFixture({ previousRefreshSecrets } as object);
    expect(act).toThrow(TypeError);
    expect(act).toThrow('`previousRefreshSecrets`');
  });
});

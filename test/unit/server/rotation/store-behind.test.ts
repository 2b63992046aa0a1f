import { describe, expect, it } from 'vitest';
import { createMemoryStore, type SessionRecord } from '../../../../src/server/index.ts';
import { createFixture, MINUTE, SECOND, tokens } from '../fixture.ts';

/** A session whose store fails over to a copy that is as old as the third generation. */
async function createFailOver() {
  const store = createMemoryStore();
  const fixture = createFixture({ store });
  const page = fixture.browser();
  const { sid } = await page.signIn();
  const jars = [page.copy()];
  let newest = '';
  let kept: SessionRecord | null | undefined;
  for (let generation = 2; generation <= 6; generation += 1) {
    fixture.clock.now += 4 * MINUTE;
    const answer = await tokens(await page.refresh(`k${generation}`));
    newest = answer.access_token;
    await fixture.authority.verify(newest);
    jars.push(page.copy());
    if (generation === 3) kept = await store.read(sid);
  }
  const after = (await store.read(sid)) as SessionRecord;
  const setBack = async () => store.replace({ ...(kept as SessionRecord), version: after.version + 1 }, after.version);
  await setBack();
  fixture.events.length = 0;
  const jar = (generation: number) => jars[generation - 1]?.copy() ?? page.copy();
  return { ...fixture, store, page, sid, jar, newest };
}

describe('a store that fails over and has lost the last writes', () => {
  it('signs no honest user out: the session goes on from the cookie that is newer than the record', async () => {
    const { page, events, clock, sid } = await createFailOver();
    expect(await tokens(await page.refresh())).toMatchObject({ sid, seq: 7 });
    expect(events).toEqual([{ type: 'store-behind', at: clock.now, sid, userId: 'ann', data: {}, generation: 7 }]);
    clock.now += 4 * MINUTE;
    expect(await tokens(await page.refresh())).toMatchObject({ seq: 8 });
    expect(events.at(-1)).toMatchObject({ type: 'refreshed' });
  });

  it('answers a retry with the same successor', async () => {
    const { page } = await createFailOver();
    const copy = page.copy();
    const first = await page.refresh('k');
    const again = await copy.refresh('k');
    expect(again.headers.get('Set-Cookie')).toBe(first.headers.get('Set-Cookie'));
  });

  it('refuses access tokens that are newer than the record, and a refresh mends that', async () => {
    const { authority, page, newest } = await createFailOver();
    await expect(authority.verify(newest)).rejects.toThrow();
    const fresh = await tokens(await page.refresh());
    expect(await authority.verify(fresh.access_token)).toMatchObject({ sub: 'ann' });
  });

  it('takes a late copy from before for a duplicate, for a minute', async () => {
    const { page, jar, clock } = await createFailOver();
    await page.refresh();
    clock.now += 59 * SECOND;
    expect((await jar(4).refresh('k5')).status).toBe(409);
    expect((await page.copy().refresh()).status).toBe(200);
    clock.now += SECOND;
    expect(await (await jar(4).refresh('k5')).json()).toMatchObject({ reason: 'reused' });
  });

  it('does not bring a thief and the owner apart: the older token leads to the same branch, and its holder is found', async () => {
    const { page, jar, clock } = await createFailOver();
    const thief = jar(4);
    expect(await tokens(await thief.refresh())).toMatchObject({ seq: 5 });
    clock.now += MINUTE;
    expect(await tokens(await page.refresh())).toMatchObject({ seq: 7 });
    clock.now += MINUTE;
    expect(await (await thief.refresh()).json()).toMatchObject({ reason: 'reused' });
    expect((await page.refresh()).status).toBe(401);
  });

  it('brings no session back that has ended in the record', async () => {
    const { authority, page, sid } = await createFailOver();
    await authority.endSession(sid);
    expect(await (await page.refresh()).json()).toMatchObject({ reason: 'revoked' });
  });
});

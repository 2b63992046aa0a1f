import { describe, expect, it } from 'vitest';
import { createMemoryStore, type SessionRecord, type SessionStore } from '../../../../src/server/index.ts';
import { apiCall, createFixture, MINUTE, ORIGIN } from '../fixture.ts';

const unsound: [member: keyof SessionRecord, what: string, value: unknown][] = [
  ['sid', 'missing', undefined],
  ['userId', 'a number', 7],
  ['userId', 'empty', ''],
  ['version', 'text', '11'],
  ['version', 'a bigint', 11n],
  ['state', 'in capitals', 'ACTIVE'],
  ['startedAt', 'text', '1893456000250'],
  ['expiresAt', 'a date', new Date()],
  ['absoluteExpiresAt', 'missing', undefined],
  ['generation', 'text', '2'],
  ['generation', 'a fraction', 1.5],
  ['generation', 'zero', 0],
  ['parent', 'missing', undefined],
  ['parent', 'text', '1'],
  ['rotatedAt', 'not a number', Number.NaN],
  ['parentSpentAt', 'text', '1893456000250'],
  ['confirmed', 'a number', 0],
  ['keyedRefreshes', 'text', '[]'],
  ['keyedRefreshes', 'of something else', [{ keyHash: 'k', presented: '1', answered: 2, at: 0 }]],
  ['dead', 'text', '[]'],
  ['dead', 'of numbers', [1, 2]],
];

/** A signed-in page over a store whose `read` gives what `change` makes of a record. */
async function createPage(change: (record: SessionRecord | undefined) => unknown) {
  const memory = createMemoryStore();
  let isChanged = false;
  const store: SessionStore = {
    ...memory,
    read: (sid) => {
      const record = memory.read(sid) as SessionRecord | undefined;
      return (isChanged ? change(record) : record) as SessionRecord;
    },
  };
  const fixture = createFixture({ store });
  const page = fixture.browser();
  const { access_token, sid } = await page.signIn();
  fixture.events.length = 0;
  isChanged = true;
  const cookie = [...page.jar].map((pair) => pair.join('=')).join('; ');
  const navigation = new Request(`${ORIGIN}/`, { headers: { Cookie: cookie, 'Sec-Fetch-Site': 'none' } });
  const heal = () => {
    isChanged = false;
  };
  return { ...fixture, page, access_token, sid, navigation, heal };
}

describe('a store that has no record', () => {
  it.each([undefined, null])('says so with %s (S-6)', async (none) => {
    const { authority, page, access_token, navigation, events, sid } = await createPage(() => none);
    const answer = await page.refresh();
    expect([answer.status, await answer.json()]).toEqual([401, { error: 'invalid_grant', reason: 'expired' }]);
    expect(await authority.guard(apiCall(access_token))).toMatchObject({ status: 401 });
    expect(await authority.currentSession(navigation)).toBeUndefined();
    expect((await page.signOut()).status).toBe(204);
    await authority.endSession(sid);
    expect(events.filter(({ type }) => type === 'failed')).toEqual([]);
  });
});

describe('a record that is not sound', () => {
  it.each(unsound)('is a failure that names `%s`, and no theft, when it is %s (S-6)', async (member, _what, value) => {
    const { page, clock, events, heal } = await createPage((record) => ({ ...record, [member]: value }));
    const answer = await page.refresh();
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '5']);
    const error = expect.objectContaining({ message: expect.stringContaining(`\`${member}\` of the record`) });
    expect(events).toEqual([expect.objectContaining({ type: 'failed', endpoint: 'refresh', error })]);
    heal();
    clock.now += MINUTE;
    expect((await page.refresh()).status).toBe(200);
  });

  it.each([
    ['text', (record: unknown) => JSON.stringify(record)],
    ['a list of rows', (record: unknown) => [record]],
  ])('is a failure when it is %s (S-6)', async (_what, change) => {
    const { page, events } = await createPage(change);
    expect((await page.refresh()).status).toBe(503);
    const error = expect.objectContaining({ message: expect.stringMatching(/^The record .* must be an object/) });
    expect(events).toEqual([expect.objectContaining({ type: 'failed', error })]);
  });

  it('is a failure when its members are inherited, since copies lose those (S-6)', async () => {
    const { page, events } = await createPage((record) => Object.create(record as SessionRecord));
    expect((await page.refresh()).status).toBe(503);
    const error = expect.objectContaining({ message: expect.stringContaining('as plain objects') });
    expect(events).toEqual([expect.objectContaining({ type: 'failed', error })]);
  });

  it.each([
    ['a Date', new Date()],
    ['NaN', Number.NaN],
  ])('is told to hold %s where it does (S-6)', async (found, value) => {
    const { page, events } = await createPage((record) => ({ ...record, expiresAt: value }));
    await page.refresh();
    const error = expect.objectContaining({ message: expect.stringContaining(`it is ${found}.`) });
    expect(events).toEqual([expect.objectContaining({ type: 'failed', error })]);
  });

  it('is a failure when it belongs to another sign-in (S-6)', async () => {
    const { page, events } = await createPage((record) => ({ ...record, sid: 'a'.repeat(22) }));
    expect((await page.refresh()).status).toBe(503);
    const error = expect.objectContaining({ message: expect.stringContaining('another `sid`') });
    expect(events).toEqual([expect.objectContaining({ type: 'failed', error })]);
  });

  it('lets nobody in, and ends nothing, at the other doors (S-6)', async () => {
    const { authority, page, access_token, sid, navigation, heal } = await createPage((record) => ({
      ...record,
      version: '1',
    }));
    expect(await authority.guard(apiCall(access_token))).toMatchObject({ status: 503 });
    expect((await page.copy().signOut()).status).toBe(503);
    const failure = { name: 'UnavailableError', message: expect.stringContaining('`version`') };
    await expect(authority.verify(access_token)).rejects.toMatchObject(failure);
    await expect(authority.currentSession(navigation)).rejects.toMatchObject(failure);
    await expect(authority.endSession(sid)).rejects.toMatchObject(failure);
    heal();
    await expect(authority.verify(access_token)).resolves.toMatchObject({ sub: 'ann' });
  });

  it('never has its values in the message (S-6)', async () => {
    const { page, events } = await createPage((record) => ({ ...record, version: 'the-value' }));
    await page.refresh();
    expect((events[0] as { error: Error }).error.message).not.toContain('the-value');
  });
});

describe('a store that answers with what is no answer', () => {
  it.each([
    ['a result object', { affectedRows: 0 }],
    ['a number', 1],
    ['nothing', undefined],
  ])('has not won a swap when `replace` gives %s (S-6)', async (_what, given) => {
    const { browser, events } = createFixture({ store: { ...createMemoryStore(), replace: () => given as never } });
    const page = browser();
    await page.signIn();
    expect((await page.refresh()).status).toBe(503);
    const error = expect.objectContaining({ message: expect.stringContaining('`replace`') });
    expect(events.at(-1)).toMatchObject({ type: 'failed', error });
  });

  it.each([[{ rows: [] }], [undefined], [[1, 2]]])(
    'fails `endUserSessions` when `endByUser` gives %j (S-6)',
    async (given) => {
      const { authority } = createFixture({ store: { ...createMemoryStore(), endByUser: () => given as never } });
      const failure = { name: 'UnavailableError', message: expect.stringContaining('`endByUser`') };
      await expect(authority.endUserSessions('ann')).rejects.toMatchObject(failure);
    },
  );

  it('fails `endSession` when `end` gives a result object (S-6)', async () => {
    const { authority, browser } = createFixture({ store: { ...createMemoryStore(), end: () => ({}) as never } });
    const { sid } = await browser().signIn();
    const failure = { name: 'UnavailableError', message: expect.stringContaining('`end`') };
    await expect(authority.endSession(sid)).rejects.toMatchObject(failure);
  });
});

import { afterAll, describe, expect, it } from 'vitest';
import { createDemo } from '../../../demo/server/demo.ts';
import { demoUsers } from '../../../demo/server/seed.ts';

const demo = await createDemo();
afterAll(() => demo.close());

const URL_ = 'http://localhost:5173';

const ask = (path: string, init?: RequestInit): Promise<Response> =>
  Promise.resolve(demo.app.fetch(new Request(`${URL_}${path}`, init)));

async function bearerOf({ name, password }: { name: string; password: string }): Promise<{ Authorization: string }> {
  const headers = { Origin: URL_, 'X-Auth-Client': '1', 'Content-Type': 'application/json' };
  const body = JSON.stringify({ userName: name, password });
  const { access_token } = await (await ask('/auth/login', { method: 'POST', headers, body })).json();
  return { Authorization: `Bearer ${access_token}` };
}

const [ada, grace] = await Promise.all(demoUsers.map(bearerOf));

const good = { title: 'A moth', happenedOn: '1947-09-09', severity: 'blocking', description: 'In relay 70, panel F.' };

function formOf(fields: Readonly<Record<string, string | File>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

const post = (fields: Readonly<Record<string, string | File>>, headers = ada) =>
  ask('/api/reports', { method: 'POST', body: formOf(fields), ...(headers && { headers }) });

describe('the reports of the demo', () => {
  it('are kept with their attachment, and listed for who wrote them alone, the newest first', async () => {
    const attachment = new File([new Uint8Array(700)], 'moth.png');
    expect((await post({ ...good, attachment })).status).toBe(201);
    // What a form sends for a file that nobody chose.
    expect((await post({ ...good, title: 'Another moth', attachment: new File([], '') })).status).toBe(201);
    const { reports } = await (await ask('/api/reports', { ...(ada && { headers: ada }) })).json();
    expect(reports).toEqual([
      { id: 2, ...good, title: 'Another moth', createdAt: expect.any(Number) },
      { id: 1, ...good, attachment: { name: 'moth.png', bytes: 700 }, createdAt: expect.any(Number) },
    ]);
    expect(await (await ask('/api/reports', { ...(grace && { headers: grace }) })).json()).toEqual({ reports: [] });
  });

  it.each([
    ['title', '  '],
    ['title', 'x'.repeat(121)],
    ['happenedOn', ''],
    ['happenedOn', '1947-02-31'],
    ['happenedOn', 'yesterday'],
    ['severity', 'mild'],
    ['description', ''],
    ['description', 'x'.repeat(4001)],
    ['attachment', new File([new Uint8Array(32 * 1024 + 1)], 'huge.png')],
  ])('are refused with what is wrong with a field: %s', async (field, value) => {
    const answer = await post({ ...good, [field]: value });
    expect([answer.status, await answer.json()]).toEqual([
      422,
      { error: 'invalid_fields', fields: { [field]: expect.any(String) } },
    ]);
  });

  it('are refused with all that is wrong at once', async () => {
    const { fields } = await (await post({})).json();
    expect(Object.keys(fields)).toEqual(['title', 'happenedOn', 'severity', 'description']);
  });

  it('are nobody’s business who is not signed in', async () => {
    const nobody = { Authorization: 'Bearer nothing' };
    expect([(await ask('/api/reports')).status, (await post(good, nobody)).status]).toEqual([401, 401]);
  });
});

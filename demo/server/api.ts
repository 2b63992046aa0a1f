import { setTimeout as delay } from 'node:timers/promises';
import { type Context, Hono } from 'hono';
import type { Authority } from '../../src/server/index.ts';
import { createDevices } from './devices.ts';
import type { Notes } from './notes.ts';
import { readReport } from './read-report.ts';
import type { Reports } from './reports.ts';
import type { Users } from './users.ts';

const SLOW_MS = 2000;
const MAX_NOTE_LENGTH = 280;

/** Who calls. */
type Known = { Variables: { userId: string; sid: string } };

/** The API that the tokens are for: everything in it belongs to the user whom the token names. */
export function createApi(authority: Authority, users: Users, notes: Notes, reports: Reports): Hono<Known> {
  const api = new Hono<Known>();

  api.use(async (c, next) => {
    const claims = await authority.guard(c.req.raw);
    if (claims instanceof Response) return claims;
    c.set('userId', claims.sub);
    c.set('sid', claims.sid);
    return next();
  });

  api.get('/me', (c) => {
    const user = users.find(c.get('userId'));
    return user ? c.json({ name: user.name, displayName: user.displayName }) : c.json({ error: 'not_found' }, 404);
  });

  api.get('/notes', (c) => c.json({ notes: notes.list(c.get('userId')) }));

  api.post('/notes', async (c) => {
    const form = await formOf(c);
    if (form === undefined) return c.json({ error: 'invalid_request' }, 400);
    const { text } = form;
    const trimmed = typeof text === 'string' ? text.trim() : '';
    const problem = noteProblem(trimmed);
    if (problem !== undefined) return c.json({ error: 'invalid_fields', fields: { text: problem } }, 422);
    return c.json(notes.add(c.get('userId'), trimmed), 201);
  });

  api.get('/reports', (c) => c.json({ reports: reports.list(c.get('userId')) }));

  api.post('/reports', async (c) => {
    const form = await formOf(c);
    if (form === undefined) return c.json({ error: 'invalid_request' }, 400);
    const report = await readReport(form);
    if ('fields' in report) return c.json({ error: 'invalid_fields', ...report }, 422);
    return c.json(reports.add(c.get('userId'), report), 201);
  });

  api.route('/devices', createDevices(authority));

  api.get('/slow', async (c) => {
    await delay(SLOW_MS);
    return c.json({ tookMs: SLOW_MS });
  });

  return api;
}

function formOf(c: Context): Promise<Record<string, unknown> | undefined> {
  return c.req.parseBody().catch(() => undefined);
}

function noteProblem(text: string): string | undefined {
  if (text === '') return 'Write something first.';
  return text.length > MAX_NOTE_LENGTH ? `Use at most ${MAX_NOTE_LENGTH} characters.` : undefined;
}

import { setTimeout as delay } from 'node:timers/promises';
import { Hono } from 'hono';
import type { Authority } from '../../src/server/index.ts';
import type { Notes } from './notes.ts';
import type { Users } from './users.ts';

const SLOW_MS = 2000;
const MAX_NOTE_LENGTH = 280;

/** The API that the tokens are for: everything in it belongs to the user whom the token names. */
export function createApi(authority: Authority, users: Users, notes: Notes): Hono<{ Variables: { userId: string } }> {
  const api = new Hono<{ Variables: { userId: string } }>();

  api.use(async (c, next) => {
    const claims = await authority.guard(c.req.raw);
    if (claims instanceof Response) return claims;
    c.set('userId', claims.sub);
    return next();
  });

  api.get('/me', (c) => {
    const user = users.find(c.get('userId'));
    return user ? c.json({ name: user.name, displayName: user.displayName }) : c.json({ error: 'not_found' }, 404);
  });

  api.get('/notes', (c) => c.json({ notes: notes.list(c.get('userId')) }));

  api.post('/notes', async (c) => {
    const form = await c.req.parseBody().catch(() => undefined);
    if (form === undefined) return c.json({ error: 'invalid_request' }, 400);
    const { text } = form;
    const trimmed = typeof text === 'string' ? text.trim() : '';
    const problem = noteProblem(trimmed);
    if (problem !== undefined) return c.json({ error: 'invalid_fields', fields: { text: problem } }, 422);
    return c.json(notes.add(c.get('userId'), trimmed), 201);
  });

  api.get('/slow', async (c) => {
    await delay(SLOW_MS);
    return c.json({ tookMs: SLOW_MS });
  });

  return api;
}

function noteProblem(text: string): string | undefined {
  if (text === '') return 'Write something first.';
  return text.length > MAX_NOTE_LENGTH ? `Use at most ${MAX_NOTE_LENGTH} characters.` : undefined;
}

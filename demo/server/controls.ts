import { type Context, Hono } from 'hono';
import type { Authority } from '../../src/server/index.ts';
import type { Counters } from './counters.ts';
import type { Lifetime } from './lifetime.ts';
import { ownPagesOnly } from './own-pages-only.ts';
import type { RefreshFault, RefreshMode } from './refresh-fault.ts';

const MAX_SECONDS = 3600;
const MAX_HANG_MS = 60_000;

/** The demo's switches: they break things on purpose, and have no business in a real server. */
export function createControls(
  authority: Authority,
  lifetime: Lifetime,
  fault: RefreshFault,
  { counts }: Counters,
): Hono {
  const controls = new Hono();
  const state = () => ({
    lifetimeSeconds: lifetime.ms() / 1000,
    refreshMode: fault.current().mode,
    counters: counts,
  });

  controls.use(ownPagesOnly, async (c, next) => {
    // A page of another origin cannot send JSON without asking by a preflight first, and none is answered here.
    const isJson = c.req.header('Content-Type')?.split(';')[0] === 'application/json';
    if (c.req.method === 'POST' && !isJson) return c.json({ error: 'unsupported_media_type' }, 415);
    return next();
  });

  controls.get('/state', (c) => c.json(state()));

  controls.post('/lifetime', async (c) => {
    const { seconds } = await bodyOf(c);
    if (!isWhole(seconds, 1, MAX_SECONDS)) return c.json({ error: 'invalid_request' }, 400);
    lifetime.setSeconds(seconds);
    return c.json(state());
  });

  controls.post('/refresh-mode', async (c) => {
    const mode = readMode(await bodyOf(c));
    if (mode === undefined) return c.json({ error: 'invalid_request' }, 400);
    fault.set(mode);
    return c.json(state());
  });

  // By the cookie, which needs no access token: the switch works while refreshing is broken.
  controls.post('/revoke', async (c) => {
    const session = await authority.currentSession(c.req.raw);
    if (session === undefined || session === 'unknown') return c.json({ error: 'no_session' }, 409);
    await authority.endSession(session.sid);
    return c.json(state());
  });

  return controls;
}

async function bodyOf(c: Context): Promise<Record<string, unknown>> {
  return Object(await c.req.json<unknown>().catch(() => undefined)) as Record<string, unknown>;
}

function readMode(body: Record<string, unknown>): RefreshMode | undefined {
  const { mode, retryAfterSeconds, delayMs = MAX_HANG_MS } = body;
  if (mode === 'ok') return { mode };
  if (mode === 'hang') return isWhole(delayMs, 0, MAX_HANG_MS) ? { mode, delayMs } : undefined;
  if (mode !== '503') return undefined;
  if (retryAfterSeconds === undefined) return { mode };
  return isWhole(retryAfterSeconds, 0, MAX_SECONDS) ? { mode, retryAfterSeconds } : undefined;
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
}

import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type Authority, createAuthority, createLogger } from '../../src/server/index.ts';
import { createApi } from './api.ts';
import { createControls } from './controls.ts';
import { countRequests, createCounters } from './counters.ts';
import { openDatabase } from './database.ts';
import { deviceName } from './device-name.ts';
import { createLifetime } from './lifetime.ts';
import { loopbackOnly } from './loopback.ts';
import { noStore } from './no-store.ts';
import { createNotes } from './notes.ts';
import { createPages } from './pages.ts';
import { createRefreshFault } from './refresh-fault.ts';
import { createReports } from './reports.ts';
import { loadSecrets } from './secrets.ts';
import { securityHeaders } from './security-headers.ts';
import { seed } from './seed.ts';
import { openSharedState, type SharedAt } from './shared-state.ts';
import { accountName, createSignIn } from './sign-in.ts';
import { createUsers, type DemoUser } from './users.ts';

const MAX_BODY_BYTES = 64 * 1024;

export interface DemoOptions extends SharedAt {
  /** Default `:memory:`. A file is created and seeded by itself, its folder too. */
  readonly dbFile?: string;
  /** Whether `/demo/*`, which breaks things on purpose, is there at all. Default false. */
  readonly controls?: boolean;
  /** Where the built app is. Default `demo/app/dist`. */
  readonly appDir?: string;
  readonly cookieName?: string;
  /** Told each event as one line of JSON. */
  readonly log?: (line: string) => void;
  /** The time of the token authority and of the API: epoch ms. */
  readonly now?: () => number;
}

export interface Demo {
  readonly app: Hono;
  readonly authority: Authority;
  /** Lets go of answers that `hang` holds back. */
  releaseHeldAnswers(): void;
  /** Closes the database and what is shared. */
  close(): Promise<void>;
}

/** The whole demo as one Hono app: token authority, API, pages and, if asked for, the switches. */
export async function createDemo({
  dbFile = ':memory:',
  controls = false,
  appDir = `${import.meta.dirname}/../app/dist`,
  cookieName = 'silent-refresh-demo',
  log = () => undefined,
  now = Date.now,
  ...sharedAt
}: DemoOptions = {}): Promise<Demo> {
  const db = openDatabase(dbFile);
  const shared = await openSharedState(sharedAt, db);
  const users = createUsers(db);
  const notes = createNotes(db, now);
  await seed(users, notes);
  const counters = createCounters();
  const lifetime = createLifetime();
  const fault = createRefreshFault();
  const write = createLogger({ write: log });

  const authority = createAuthority<DemoUser>({
    issuer: 'urn:silent-refresh:demo',
    audience: 'urn:silent-refresh:demo:api',
    ...(await loadSecrets(db)),
    store: shared.store,
    verifyCredentials: createSignIn(users),
    userId: (user) => user.id,
    loadUser: users.find,
    profile: ({ name, displayName }) => ({ name, displayName }),
    // A checkbox that is not ticked is not sent.
    remember: (credentials) => Object(credentials).stay === 'on',
    sessionData: (request) => ({ device: deviceName(request.headers.get('User-Agent') ?? '') }),
    cookie: { profile: 'dev', name: cookieName },
    throttle: {
      account: await shared.limiter({ keyPrefix: 'account', points: 5, duration: 30 }),
      accountName,
      // Ten a second: what the shortest life of a token and many tabs need is far below.
      session: await shared.limiter({ keyPrefix: 'session', points: 600, duration: 60 }),
    },
    accessTokenLifetimeMs: lifetime.ms,
    // One machine, one clock: a short token is to be over when it says so.
    clockToleranceMs: 0,
    now,
    onEvent(event) {
      counters.count(event);
      write(event);
    },
  });

  const app = new Hono();
  app.use(
    securityHeaders(),
    noStore,
    loopbackOnly,
    bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => c.json({ error: 'content_too_large' }, 413) }),
    countRequests(counters, now),
  );
  app.post('/auth/refresh', (c) => fault.apply(() => authority.handle(c.req.raw)));
  app.all('/auth/*', (c) => authority.handle(c.req.raw));
  app.route('/api', createApi(authority, users, notes, createReports(db, now)));
  if (controls) app.route('/demo', createControls(authority, lifetime, fault, counters));
  app.route('/', createPages(appDir));
  app.notFound((c) => c.json({ error: 'not_found' }, 404));
  app.onError((error, c) => {
    // Whoever hung up half-way reads no answer, and nothing is wrong here.
    if (c.req.raw.signal.aborted) return c.json({ error: 'invalid_request' }, 400);
    write({ type: 'failed', at: now(), endpoint: 'app', error });
    return c.json({ error: 'server_error' }, 500);
  });

  const close = async () => {
    await shared.close();
    db.close();
  };
  return { app, authority, releaseHeldAnswers: fault.release, close };
}

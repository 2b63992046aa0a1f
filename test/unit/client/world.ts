import { expect, onTestFinished } from 'vitest';
import type { AuthClient } from '../../../src/client/auth-client.ts';
import { createClient } from '../../../src/client/create-client.ts';
import type { AuthClientOptions } from '../../../src/client/options.ts';
import type { AuthEvent } from '../../../src/session/events.ts';
import type { Session } from '../../../src/session/session.ts';
import { createFakePlatform, type FakePlatform } from '../fake-platform.ts';
import { createFakeServer, type FakeServer, type ServerOptions } from './fake-server.ts';
import { leaksIn } from './secrets.ts';

export interface Claims {
  readonly [name: string]: unknown;
}

export type ServerForm = NonNullable<ServerOptions['form']>;

export interface WorldOptions {
  readonly server?: ServerOptions;
  readonly client?: AuthClientOptions<Claims>;
  /** What a page before this one has left in storage. */
  readonly stored?: Map<string, string>;
  /** A server that was there before. */
  readonly at?: FakeServer;
  /** Whether the secrets are looked for when the test is over. Default true. */
  readonly audited?: boolean;
}

/** A client with its page, its server, and all that it ever said. */
export interface World {
  readonly client: AuthClient<Claims>;
  readonly platform: FakePlatform;
  readonly server: FakeServer;
  readonly sessions: Session<Claims>[];
  readonly events: AuthEvent[];
  readonly left: (Claims | undefined)[];
  readonly errors: unknown[];
  /** `leaksIn` of everything that was shown, told, thrown, reported or stored. */
  leaks(): string[];
}

/** The client, with every error that it rejects with written down. */
const recorded = (client: AuthClient<Claims>, errors: unknown[]): AuthClient<Claims> => {
  const noting =
    <Args extends unknown[], T>(method: (...args: Args) => Promise<T>) =>
    (...args: Args): Promise<T> => {
      const result = method(...args);
      result.catch((error: unknown) => void errors.push(error));
      return result;
    };
  return {
    ...client,
    authFetch: noting(client.authFetch),
    fetchWith: (options) => noting(client.fetchWith(options)),
    ready: noting(client.ready),
    signIn: noting(client.signIn),
    completeSignIn: noting(client.completeSignIn),
    getAccessToken: noting(client.getAccessToken),
    refresh: noting(client.refresh),
  };
};

export const createWorld = (options: WorldOptions = {}): World => {
  const server = options.at ?? createFakeServer(options.server);
  const platform = createFakePlatform(server.fetch, options.stored);
  Object.assign(platform, { uuid: server.uuid });
  server.attach(platform.clock);
  const bare = createClient<Claims>(options.client ?? {}, platform);
  const sessions: Session<Claims>[] = [];
  const events: AuthEvent[] = [];
  const left: (Claims | undefined)[] = [];
  const errors: unknown[] = [];
  bare.subscribe((session) => void sessions.push(session));
  bare.onEvent((event) => void events.push(event));
  bare.onUserLeft((claims) => void left.push(claims));
  const leaks = () =>
    leaksIn(server.secrets, [bare.getSession(), sessions, events, left, errors, platform.reported, platform.stored]);
  if (options.audited !== false) onTestFinished(() => expect(leaks(), 'secrets that can be read').toEqual([]));
  return { client: recorded(bare, errors), platform, server, sessions, events, left, errors, leaks };
};

/** Nothing has been asked, shown or told yet. */
export const forget = ({ server, sessions, events }: World): void => {
  server.forget();
  sessions.length = 0;
  events.length = 0;
};

/** A started client, a second after it has found `user` signed in, with nothing counted yet. */
export const signedInWorld = async (user = 'ann', options: WorldOptions = {}): Promise<World> => {
  const world = createWorld(options);
  world.server.enter(user);
  world.client.start();
  await world.platform.advance(1000);
  expect(world.client.getSession().status).toBe('authenticated');
  forget(world);
  return world;
};

/** A signed-in client whose five-minute token is dead, and whose page is hidden. */
export const atExpiry = async (options: WorldOptions = {}): Promise<World> => {
  const world = await signedInWorld('ann', options);
  world.platform.happen('hidden');
  await world.platform.advance(300_000);
  expect(world.server.count('/auth/refresh')).toBe(0);
  return world;
};

/** A started client that has found nobody signed in. */
export const signedOutWorld = async (options: WorldOptions = {}): Promise<World> => {
  const world = createWorld(options);
  world.client.start();
  await world.platform.advance(1000);
  expect(world.client.getSession().status).toBe('unauthenticated');
  forget(world);
  return world;
};

/** The page is loaded anew: the same storage, the same server, later. */
export const reloaded = (world: World, options: WorldOptions = {}): World => {
  const next = createWorld({ ...options, stored: world.platform.stored, at: world.server });
  next.platform.setWall(world.platform.clock.now().wallAt - next.platform.clock.now().wallAt);
  return next;
};

export const credentials = (user: string) => ({ user, password: 'pass-word' });

/** What became of a promise: the status of a response, the error's name, or the value. */
export const outcome = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    const value = await promise;
    return value instanceof Response ? value.status : value;
  } catch (error) {
    return error instanceof Error ? error.name : error;
  }
};

/** Where a promise stands, watched from now on. */
export const watched = (promise: Promise<unknown>): { settled: boolean } => {
  const state = { settled: false };
  const settle = () => {
    state.settled = true;
  };
  promise.then(settle, settle);
  return state;
};

export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));

/** How many of each. */
export const tally = (values: unknown[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const value of values) counts[String(value)] = (counts[String(value)] ?? 0) + 1;
  return counts;
};

import { expect } from 'vitest';
import type { DrivenPage } from './driven-page.ts';
import { findLeaks } from './leaks.ts';
import type { Profile } from './profile.ts';
import { type ServerOptions, startServer, type TestServer } from './server.ts';
import { type PlainOptions, type Tab, tabOf } from './tab.ts';

export interface WorldOptions extends ServerOptions {
  /** The life of the access tokens. */
  readonly tokenLifeMs?: number;
  /** Options of the client, or `false`: it is not started. */
  readonly client?: PlainOptions | false;
  /** Who is signed in when the test begins. */
  readonly user?: string;
  /** Errors that nobody catches are part of the test. */
  readonly expectsUncaught?: boolean;
}

/** A server, and a fresh browser profile with one page of it open. */
export interface WorldOf<P extends DrivenPage> extends Tab<P> {
  readonly server: TestServer;
  /** Everything that was written to the console. */
  readonly said: readonly string[];
  /** The values in the cookie jar. */
  cookies(): Promise<readonly string[]>;
  /** Another tab of the same profile. */
  another(path?: string): Promise<Tab<P>>;
}

/** The world of a test, and its end: then no secret may be found where it could outlive a page's memory. */
export interface Created<P extends DrivenPage> {
  readonly world: WorldOf<P>;
  readonly end: () => Promise<void>;
}

export const createWorld = async <P extends DrivenPage>(
  openProfile: () => Promise<Profile<P>>,
  { tokenLifeMs, client, user, expectsUncaught = false, ...serverOptions }: WorldOptions,
): Promise<Created<P>> => {
  const server = await startServer(serverOptions);
  if (tokenLifeMs !== undefined) server.tokenLifeMs = tokenLifeMs;
  const profile = await openProfile().catch(async (error: unknown) => {
    await server.down();
    throw error;
  });
  const { spying } = profile;
  const dispose = async () => {
    try {
      await profile.close();
    } finally {
      await server.down();
    }
  };
  const another = async (path = '/') => {
    const page = await profile.open();
    await page.goto(server.origin + path);
    return tabOf(page);
  };
  const end = async () => {
    try {
      const leaks = await findLeaks(profile, spying, server.secrets);
      expect(leaks, 'secrets outside of memory and cookie jar').toEqual([]);
      if (!expectsUncaught) expect(spying.uncaught, 'errors that nobody caught').toEqual([]);
    } finally {
      await dispose();
    }
  };
  try {
    const tab = await another();
    if (client !== false) {
      await tab.start(client);
      await tab.known();
      if (user !== undefined) expect(await tab.signIn(user)).toMatchObject({ status: 200 });
    }
    const cookies = async () => (await profile.cookies()).map(({ value }) => value);
    return { world: { ...tab, server, said: spying.said, cookies, another }, end };
  } catch (error) {
    await dispose();
    throw error;
  }
};

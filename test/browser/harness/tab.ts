import type { Page } from 'playwright';
import type { DefaultClaims, Session } from '../../../src/index.ts';
import type { DrivenPage } from './driven-page.ts';
import { eventually } from './eventually.ts';
import type { Outcome, PageOptions } from './in-page.ts';

type Told = Session<DefaultClaims>;
/** The options that can be sent into a page. */
export type PlainOptions = Omit<PageOptions, 'endpoints'> & {
  readonly endpoints?: { readonly signIn?: string; readonly refresh?: string; readonly signOut?: string };
};

/** A page with a client in it. */
export interface Tab<P extends DrivenPage = Page> {
  readonly page: P;
  start(options?: PlainOptions): Promise<void>;
  signIn(name?: string, password?: string): Promise<Outcome>;
  signOut(): Promise<{ readonly confirmed: boolean }>;
  refresh(): Promise<Outcome>;
  call(url: string, init?: Pick<RequestInit, 'method' | 'headers'> & { readonly body?: string }): Promise<Outcome>;
  /** The same call `count` times in one task. */
  calls(count: number, url: string): Promise<readonly Outcome[]>;
  session(): Promise<Told>;
  /** Waits for a session that is known, or for a status. */
  known(status?: Told['status']): Promise<Told>;
  told(): Promise<readonly string[]>;
  reload(): Promise<void>;
  /** Leaves for the page before, without waiting for it: one that is restored as it was does not load. */
  back(): Promise<void>;
}

export const tabOf = <P extends DrivenPage>(page: P): Tab<P> => {
  const session = () => page.evaluate(() => window.auth.getSession());
  return {
    page,
    start: (options) => page.evaluate((given) => window.begin(given as PageOptions), options),
    signIn: (name = 'ann', password = 'right') =>
      page.evaluate(
        ([user, secret]) =>
          window.outcomeOf(async () => Response.json(await window.auth.signIn({ name: user, password: secret }))),
        [name, password] as const,
      ),
    signOut: () => page.evaluate(() => window.auth.signOut()),
    refresh: () => page.evaluate(() => window.outcomeOf(async () => Response.json(await window.auth.refresh()))),
    call: (url, init) =>
      page.evaluate(([to, how]) => window.outcomeOf(() => window.auth.authFetch(to, how)), [url, init] as const),
    calls: (count, url) =>
      page.evaluate(
        ([times, to]) =>
          Promise.all(Array.from({ length: times }, () => window.outcomeOf(() => window.auth.authFetch(to)))),
        [count, url] as const,
      ),
    session,
    known: (status) =>
      eventually(async () => {
        const found = await session();
        if (found.status === (status ?? found.status) && (status !== undefined || found.status !== 'loading'))
          return found;
        throw new Error(`The session is ${JSON.stringify(found)}.`);
      }),
    told: () => page.evaluate(() => window.told),
    reload: async () => {
      await page.reload();
    },
    back: () =>
      page
        .evaluate(() => void setTimeout(() => history.back()))
        // The page may be gone before its answer has arrived.
        .catch(() => {}),
  };
};

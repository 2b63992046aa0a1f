import type { Clock } from '../../platform/platform.ts';
import { checkNames } from '../../spelling/unknown-names.ts';
import type { ApiRoute } from './api-routes.ts';
import type { TestPaths } from './backend.ts';
import type { TestUser } from './users.ts';

export interface TestAuthorityOptions {
  /** Who can sign in. Default: one user with the id `1`, by any credentials. */
  readonly users?: readonly TestUser[];
  /**
   * The API of the app, by method and path: `{ 'GET /api/orders': () => Response.json([]) }`. It wants access tokens. A segment
   * that starts with a colon matches any: `GET /api/orders/:id`.
   */
  readonly api?: Readonly<Record<string, ApiRoute>>;
  /** Where the endpoints are, as the client's `endpoints`. */
  readonly paths?: TestPaths;
  /** Default 5 min. */
  readonly accessTokenLifetimeMs?: number;
  /** Whose time it goes by. Default: the global clock, which fake timers move. */
  readonly clock?: Clock;
}

/** The names of the options. */
export const AUTHORITY_OPTIONS: Readonly<Record<keyof TestAuthorityOptions, true>> = {
  users: true,
  api: true,
  paths: true,
  accessTokenLifetimeMs: true,
  clock: true,
};

const PATH_NAMES: Readonly<Record<keyof TestPaths, true>> = { signIn: true, refresh: true, signOut: true };

/** Throws a `TypeError` for an option that there is not, and names the nearest one that is. */
export function checkOptions(options: TestAuthorityOptions): void {
  checkNames(options, AUTHORITY_OPTIONS);
  checkNames(options.paths, PATH_NAMES, 'paths.');
}

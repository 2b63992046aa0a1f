export type { Clock } from '../platform/platform.ts';
export type { ApiRoute } from './authority/api-routes.ts';
export {
  createTestAuthority,
  type SeenRequest,
  type TestAuthority,
  type TestGuard,
} from './authority/authority.ts';
export type { TestPaths } from './authority/backend.ts';
export type { FaultyAnswer } from './authority/faults.ts';
export type { MswHttp } from './authority/msw-handlers.ts';
export type { TestAuthorityOptions } from './authority/options.ts';
export type { SignedIn } from './authority/unsigned-tokens.ts';
export type { TestUser } from './authority/users.ts';
export { createTestBrowser, type TestBrowser, type TestBrowserOptions } from './browser/browser.ts';
export type { TestTab } from './browser/tab.ts';
export { createTestClient, type TestClient, type TestClientOptions, type TestSession } from './client/client.ts';

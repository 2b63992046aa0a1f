/** One library as one app uses it: a row of each table. */
export interface Subject {
  readonly name: string;
  /** The module in `apps`, without its ending, and what it is told. */
  readonly app: string;
  readonly config: Readonly<Record<string, string>>;
  /** The packages that it needs, in the version that is compared. */
  readonly packages: Readonly<Record<string, string>>;
  /** What an app imports of them, for the size. */
  readonly imports: string;
  /** How long before the end of an access token the library replaces it. */
  readonly earlyMs: number;
  /** Its React binding: the app that uses it, and the packages for it. */
  readonly react?: { readonly app: string; readonly packages: Readonly<Record<string, string>> };
  /** Whether the library itself sends the app's calls to an API. If not, the app does it with a token from the library. */
  readonly sendsCalls: boolean;
  /** The library insists on HTTPS. */
  readonly tls?: true;
  /** The options, and where they are recommended. */
  readonly setup: string;
}

const REACT = { react: '19.3.1', 'react-dom': '19.3.1', '@types/react': '19.3.0', '@types/react-dom': '19.3.0' };

const AUTH0 = {
  app: 'auth0-spa-js',
  packages: { '@auth0/auth0-spa-js': '2.28.3' },
  imports: `export { Auth0Client } from '@auth0/auth0-spa-js';`,
  react: { app: 'auth0-react', packages: { ...REACT, '@auth0/auth0-react': '2.27.0' } },
  earlyMs: 60_000,
  sendsCalls: true,
} as const;

const OIDC = {
  app: 'oidc-client-ts',
  packages: { 'oidc-client-ts': '3.5.0' },
  imports: `export { UserManager, WebStorageStateStore } from 'oidc-client-ts';`,
  react: { app: 'react-oidc-context', packages: { ...REACT, 'react-oidc-context': '3.3.1' } },
  earlyMs: 60_000,
  sendsCalls: false,
} as const;

const MSAL = {
  app: 'msal-browser',
  packages: { '@azure/msal-browser': '5.30.0' },
  imports: `export { PublicClientApplication, ProtocolMode } from '@azure/msal-browser';`,
  react: { app: 'msal-react', packages: { ...REACT, '@azure/msal-react': '5.7.1' } },
  earlyMs: 60_000,
  sendsCalls: false,
  tls: true,
} as const;

export const SUBJECTS: readonly Subject[] = [
  {
    name: 'silent-refresh',
    app: 'silent-refresh',
    config: {},
    packages: {},
    imports: `export { createAuthClient } from 'silent-refresh';`,
    react: { app: 'silent-refresh-react', packages: REACT },
    earlyMs: 0,
    sendsCalls: true,
    setup: 'the defaults',
  },
  {
    ...AUTH0,
    name: 'auth0-spa-js, memory',
    config: { cacheLocation: 'memory' },
    setup:
      '`useRefreshTokens`, `useRefreshTokensFallback`, tokens in memory (the default), so each tab has a session of its own, which a hidden frame gets; calls by `createFetcher()`',
  },
  {
    ...AUTH0,
    name: 'auth0-spa-js, localStorage',
    config: { cacheLocation: 'localstorage' },
    setup: "the same with `cacheLocation: 'localstorage'`, so that all tabs share a session",
  },
  {
    ...OIDC,
    name: 'oidc-client-ts, sessionStorage',
    config: { store: 'session' },
    setup:
      'scope `offline_access`, `automaticSilentRenew` and `userStore` as they are by default, so each tab has a session of its own',
  },
  {
    ...OIDC,
    name: 'oidc-client-ts, localStorage',
    config: { store: 'local' },
    setup: 'the same with `userStore` in `localStorage`, so that all tabs share a session',
  },
  {
    name: 'Supabase auth-js',
    app: 'supabase-auth-js',
    config: {},
    packages: { '@supabase/auth-js': '2.119.1' },
    imports: `export { AuthClient } from '@supabase/auth-js';`,
    earlyMs: 90_000,
    sendsCalls: false,
    setup:
      '`autoRefreshToken` and `persistSession`, as `createClient` sets them; the token of `getSession()` for each call',
  },
  {
    ...MSAL,
    name: 'MSAL, sessionStorage',
    config: { cacheLocation: 'sessionStorage' },
    setup:
      "`protocolMode: 'OIDC'`, since this server is not Microsoft's; `tokenRenewalOffsetSeconds: 60` in place of 300, to wait less; `cacheLocation` as by default, so each tab has a session of its own",
  },
  {
    ...MSAL,
    name: 'MSAL, localStorage',
    config: { cacheLocation: 'localStorage' },
    setup: "the same with `cacheLocation: 'localStorage'`, so that all tabs share a session",
  },
  {
    name: 'axios-auth-refresh',
    app: 'axios-auth-refresh',
    config: {},
    packages: { axios: '1.21.1', 'axios-auth-refresh': '5.0.2' },
    imports: `export { default } from 'axios'; export { createAuthRefresh } from 'axios-auth-refresh';`,
    earlyMs: 0,
    sendsCalls: true,
    setup: 'the interceptors of its README; the access token in a variable, the refresh token in an HttpOnly cookie',
  },
  {
    name: 'axios interceptor',
    app: 'axios-interceptor',
    config: {},
    packages: { axios: '1.21.1' },
    imports: `export { default } from 'axios';`,
    earlyMs: 0,
    sendsCalls: true,
    setup: 'the interceptor of tutorials (`isRefreshing`, a queue, one replay); tokens as above',
  },
];

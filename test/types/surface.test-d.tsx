import type { RequestListener } from 'node:http';
import type connect from 'connect';
import type express5 from 'express';
import type express4 from 'express4';
import type { FastifyRequest, preHandlerHookHandler, RouteHandlerMethod } from 'fastify';
import type {
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterSQLite,
} from 'rate-limiter-flexible';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type AuthClient,
  authErrorOf,
  createAuthClient,
  csrfCookie,
  type DefaultClaims,
  isAuthError,
  type Session,
} from '../../src/index.ts';
import type { authRoutes, requireAuth } from '../../src/node/index.ts';
import { claimsOf } from '../../src/node/index.ts';
import { createAuthHooks, useSession } from '../../src/react/index.ts';
import { type AccessTokenClaims, createAuthority, type RateLimiter, type SigningKeys } from '../../src/server/index.ts';

/** `req.auth` as another package for access tokens declares it. */
interface OtherAuth {
  readonly header: object;
  readonly payload: object;
  readonly token: string;
}

declare global {
  namespace Express {
    interface Request {
      auth?: OtherAuth;
    }
  }
}

interface Claims {
  readonly roles: readonly string[];
}

const auth = createAuthClient({ parseClaims: (raw): Claims => ({ roles: raw.roles as string[] }) });
const hooks = createAuthHooks<typeof auth>();

describe('the client', () => {
  it('has a fetch that can stand in for fetch', () => {
    expectTypeOf(auth.authFetch).toExtend<typeof fetch>();
    expectTypeOf(auth.fetchWith({ token: 'optional' })).toExtend<typeof fetch>();
  });

  it('takes members that are undefined, as libraries hand them on', () => {
    expectTypeOf(auth.authFetch).toBeCallableWith('/', { signal: undefined, body: undefined, auth: undefined });
    expectTypeOf(auth.getAccessToken).toBeCallableWith({ newerThan: undefined, signal: undefined });
  });

  it('is typed by what parses its claims', () => {
    expectTypeOf(auth).toEqualTypeOf<AuthClient<Claims>>();
    expectTypeOf(createAuthClient()).toEqualTypeOf<AuthClient<DefaultClaims>>();
    expectTypeOf(auth.getSession().claims?.roles).toEqualTypeOf<readonly string[] | undefined>();
    expectTypeOf(auth.onUserChanged).parameter(0).parameter(0).toEqualTypeOf<Claims | undefined>();
    expectTypeOf(auth.onUserLeft).parameter(0).parameter(0).toEqualTypeOf<Claims | undefined>();
  });

  it('can be typed by a Standard Schema', () => {
    const schema = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: () => ({ value: { roles: [] } }),
        types: undefined as { input: unknown; output: Claims } | undefined,
      },
    } as const;
    expectTypeOf(createAuthClient({ parseClaims: schema })).toEqualTypeOf<AuthClient<Claims>>();
  });

  it('refuses options that do not exist', () => {
    // @ts-expect-error: a call is required to have a token, may have one, or has none
    createAuthClient({ token: 'sometimes' });
    // @ts-expect-error: a CSRF cookie is what `csrfCookie()` returns
    createAuthClient({ csrf: { cookie: 'XSRF-TOKEN', header: 'X-XSRF-TOKEN' } });
    // @ts-expect-error: claims of a type of one's own are made by `parseClaims` (C-64)
    createAuthClient<Claims>();
    // @ts-expect-error: no such endpoint
    createAuthClient({ endpoints: { login: '/login' } });
  });

  it('takes a CSRF cookie', () => {
    createAuthClient({ csrf: csrfCookie({ cookie: 'XSRF-TOKEN', header: 'X-XSRF-TOKEN' }) });
    // @ts-expect-error: half a pair
    expectTypeOf(csrfCookie).toBeCallableWith({ cookie: 'XSRF-TOKEN' });
  });

  it('has claims on the statuses that know somebody', () => {
    const session = auth.getSession();
    if (session.status === 'authenticated' || session.status === 'relogin-required') {
      expectTypeOf(session.claims).toEqualTypeOf<Claims>();
    }
    if (session.status === 'unauthenticated') expectTypeOf(session.claims).toEqualTypeOf<undefined>();
  });
});

describe('the authority', () => {
  const options = { issuer: 'i', audience: 'a', keys: {} as SigningKeys, refreshSecret: new Uint8Array(32) };
  interface User {
    readonly id: number;
  }

  it('knows the user from callbacks that may find nobody (S-11)', () => {
    createAuthority({
      ...options,
      verifyCredentials: async (credentials) => (credentials === 'right' ? ({ id: 7 } as User) : null),
      userId: (user) => {
        expectTypeOf(user).toEqualTypeOf<User>();
        return user.id;
      },
      loadUser: (userId) => userId === '7' && { id: 7 },
    });
    createAuthority({
      ...options,
      verifyCredentials: (credentials) => credentials === 'right' && ({ id: 7 } as User),
      userId: (user) => user.id,
    });
  });

  it('takes no other kind of user id (S-11)', () => {
    // @ts-expect-error: neither text nor a number
    createAuthority({ ...options, verifyCredentials: () => ({ id: 7n }), userId: (user: { id: bigint }) => user.id });
  });
});

describe('the adapter for Node', () => {
  it('is middleware of Express 4 and 5 and of Connect, and a handler and hook of Fastify (S-13)', () => {
    type Handler = ReturnType<typeof authRoutes> & ReturnType<typeof requireAuth>;
    expectTypeOf<Handler>().toExtend<express4.RequestHandler>();
    expectTypeOf<Handler>().toExtend<express5.RequestHandler>();
    expectTypeOf<Handler>().toExtend<connect.NextHandleFunction>();
    expectTypeOf<Handler>().toExtend<RouteHandlerMethod>();
    expectTypeOf<Handler>().toExtend<preHandlerHookHandler>();
    expectTypeOf<Handler>().toExtend<RequestListener>();
  });

  it('leaves the type of `req.auth` in Express to others, such as express-oauth2-jwt-bearer (S-13)', () => {
    expectTypeOf<express4.Request['auth']>().toEqualTypeOf<OtherAuth | undefined>();
    expectTypeOf<express5.Request['auth']>().toEqualTypeOf<OtherAuth | undefined>();
    expectTypeOf(claimsOf).toBeCallableWith({} as express5.Request);
  });

  it('reads the claims of any request (S-13)', () => {
    expectTypeOf(claimsOf).toBeCallableWith({} as FastifyRequest);
    expectTypeOf(claimsOf).returns.toEqualTypeOf<AccessTokenClaims>();
  });
});

describe('the throttle option', () => {
  it('takes the limiters of rate-limiter-flexible as they are', () => {
    expectTypeOf<RateLimiterMemory>().toExtend<RateLimiter>();
    expectTypeOf<RateLimiterRedis>().toExtend<RateLimiter>();
    expectTypeOf<RateLimiterPostgres>().toExtend<RateLimiter>();
    expectTypeOf<RateLimiterSQLite>().toExtend<RateLimiter>();
  });
});

describe('errors', () => {
  it('narrow by their code', () => {
    const error: unknown = undefined;
    if (isAuthError(error) && error.code === 'sign_in_rejected') {
      expectTypeOf(error.status).toEqualTypeOf<number>();
      expectTypeOf(error.response).toEqualTypeOf<Response>();
    }
    const found = authErrorOf(error);
    if (found?.code === 'refresh_unavailable') expectTypeOf(found.retryAt).toEqualTypeOf<number | undefined>();
  });
});

describe('the hooks', () => {
  it('are typed by the client', () => {
    expectTypeOf(hooks.useAuth).returns.toEqualTypeOf<AuthClient<Claims>>();
    expectTypeOf<ReturnType<typeof hooks.useSession>>().toExtend<unknown>();
    expectTypeOf(() => hooks.useSession()).returns.toEqualTypeOf<Session<Claims>>();
    expectTypeOf(() =>
      hooks.useSession((session) => session.claims?.roles.length ?? 0),
    ).returns.toEqualTypeOf<number>();
    expectTypeOf(() => useSession()).returns.toEqualTypeOf<Session<DefaultClaims>>();
  });

  it('give the claims to what is told of them', () => {
    expectTypeOf(hooks.AuthProvider).parameter(0).toHaveProperty('onUserLeft');
    const element = (
      <hooks.AuthProvider
        client={auth}
        onUserLeft={(claims) => expectTypeOf(claims).toEqualTypeOf<Claims | undefined>()}
        onUserChanged={(claims) => expectTypeOf(claims).toEqualTypeOf<Claims | undefined>()}
        onReloginRequired={(session) => expectTypeOf(session.claims.roles).toEqualTypeOf<readonly string[]>()}
      />
    );
    expectTypeOf(element).not.toBeAny();
  });
});

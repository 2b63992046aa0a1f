import express from 'express';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { authRoutes, claimsOf, clientAddress, requireAuth } from 'silent-refresh/node';
import { createAuthority, createLogger, generateSigningKeys } from 'silent-refresh/server';
import { textsOf } from './credentials.ts';
import { createUsers, type User } from './users.ts';

/** The app of a page that uses `createAuthClient()` as it is: sign-in, refresh and sign-out, and one call behind the guard. */
export async function createApp(log: (line: string) => void = console.info) {
  const users = await createUsers();

  const authority = createAuthority<User>({
    issuer: 'http://localhost:3000',
    audience: 'http://localhost:3000/api',
    // Both from your secret store in production, or a restart signs everybody out.
    keys: await generateSigningKeys(),
    refreshSecret: crypto.getRandomValues(new Uint8Array(32)),
    cookie: { profile: 'dev' }, // leave it out behind https
    verifyCredentials(credentials) {
      const { name, password } = textsOf(credentials);
      return users.authenticate(name, password);
    },
    userId: (user) => user.id,
    loadUser: users.find,
    profile: ({ name }) => ({ name }),
    throttle: {
      account: new RateLimiterMemory({ points: 5, duration: 60 }),
      accountName: (credentials) => textsOf(credentials).name,
      address: new RateLimiterMemory({ points: 50, duration: 60 }),
      clientAddress,
      session: new RateLimiterMemory({ points: 60, duration: 60 }),
    },
    onEvent: createLogger({ write: log }),
  });

  const app = express();
  app.use(authRoutes(authority));
  app.get('/api/me', requireAuth(authority), (request, response) => {
    response.json(users.find(claimsOf(request).sub));
  });
  return app;
}

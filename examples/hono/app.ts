import { Hono } from 'hono';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { type AccessTokenClaims, createAuthority, createLogger, generateSigningKeys } from 'silent-refresh/server';
import { textsOf } from '../express/credentials.ts';
import { createUsers, type User } from '../express/users.ts';

/** The app of a page that uses `createAuthClient()` as it is, on Hono: the authority takes its requests as they are. */
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
    throttle: {
      account: new RateLimiterMemory({ points: 5, duration: 60 }),
      accountName: (credentials) => textsOf(credentials).name,
    },
    onEvent: createLogger({ write: log }),
  });

  const app = new Hono<{ Variables: { claims: AccessTokenClaims } }>();
  app.all('/auth/*', (c) => authority.handle(c.req.raw));
  app.use('/api/*', async (c, next) => {
    const claims = await authority.guard(c.req.raw);
    if (claims instanceof Response) return claims;
    c.set('claims', claims);
    return next();
  });
  app.get('/api/me', (c) => c.json(users.find(c.get('claims').sub)));
  return app;
}

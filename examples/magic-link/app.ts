import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { AUTH_CLIENT_HEADER, createAuthority, generateSigningKeys } from 'silent-refresh/server';
import type { Links } from './links.ts';

interface User {
  readonly id: string;
  readonly email: string;
}

export interface AppOptions {
  /** Where the app is, as the address bar shows it: links in mails must not follow a request's `Host`. */
  readonly origin: string;
  readonly links: Links;
  sendMail(to: string, link: string): void | Promise<void>;
}

const COOKIE = 'magic-link';

/** A server without passwords: `POST /link` sends a link, `POST /link/open` signs in with it. */
export async function createApp({ origin, links, sendMail }: AppOptions): Promise<Hono> {
  const users = new Map<string, User>();
  const authority = createAuthority<User>({
    issuer: origin,
    audience: origin,
    keys: await generateSigningKeys(),
    refreshSecret: crypto.getRandomValues(new Uint8Array(32)),
    verifyCredentials: () => undefined, // nobody has a password
    userId: (user) => user.id,
    cookie: { profile: 'dev' },
  });
  const app = new Hono();

  // No page of another site can send this header. To ask for a link needs it as well: who can have a visitor's browser ask
  // for a link to an address of their own can sign the visitor in as themselves.
  app.use('/link/*', async (c, next) =>
    c.req.header(AUTH_CLIENT_HEADER) ? next() : c.json({ error: 'request_refused' }, 403),
  );

  app.post('/link', async (c) => {
    const email = await textOf(c.req.raw, 'email');
    if (email === undefined || !email.includes('@')) return c.json({ error: 'invalid_request' }, 400);
    const { token, browser } = links.create(email.toLowerCase());
    // Behind https: `secure: true`, `path: '/'` and the name `__Host-magic-link`, which no sibling host can set.
    setCookie(c, COOKIE, browser, { httpOnly: true, sameSite: 'Strict', path: '/link' });
    // After the `#`, so that it reaches neither logs nor the scanner that follows links in mails.
    await sendMail(email, `${origin}/sign-in#${token}`);
    // The same answer whether the address is known or not.
    return c.body(null, 202);
  });

  app.post('/link/open', async (c) => {
    const token = await textOf(c.req.raw, 'token');
    const email = links.use(token ?? '', getCookie(c, COOKIE) ?? '');
    if (email === undefined) return c.json({ error: 'invalid_link' }, 401);
    const user = users.get(email) ?? { id: randomUUID(), email };
    users.set(email, user);
    return authority.signIn(user, c.req.raw, { data: { by: 'magic link' } });
  });

  app.all('/auth/*', (c) => authority.handle(c.req.raw));

  app.get('/api/me', async (c) => {
    const claims = await authority.guard(c.req.raw);
    return claims instanceof Response ? claims : c.json({ sub: claims.sub });
  });

  return app;
}

async function textOf(request: Request, member: string): Promise<string | undefined> {
  const body: unknown = await request
    .clone()
    .json()
    .catch(() => undefined);
  const value = (Object(body) as Record<string, unknown>)[member];
  return typeof value === 'string' ? value : undefined;
}

import type { MiddlewareHandler } from 'hono';

/** Lets nothing be stored that does not say how long it may be: all that is about a user, and every refusal and failure. */
export const noStore: MiddlewareHandler = async (c, next) => {
  await next();
  if (!c.res.headers.has('Cache-Control') || c.res.status >= 400) c.header('Cache-Control', 'no-store');
};

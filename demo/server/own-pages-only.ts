import type { MiddlewareHandler } from 'hono';

/**
 * Turns away what another site's page sends: browsers say where a POST comes from. What says nothing is no browser.
 */
export const ownPagesOnly: MiddlewareHandler = async (c, next) => {
  const { origin: own } = new URL(c.req.url);
  const isOwn = (c.req.header('Origin') ?? own) === own;
  const isSameOrigin = (c.req.header('Sec-Fetch-Site') ?? 'same-origin') === 'same-origin';
  if (c.req.method === 'POST' && !(isOwn && isSameOrigin)) return c.json({ error: 'request_refused' }, 403);
  return next();
};

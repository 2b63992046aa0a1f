import { readFile } from 'node:fs/promises';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';

/** The built app: one document for every address of it, and its assets. */
export function createPages(appDir: string): Hono {
  const pages = new Hono();
  let index: string | undefined;

  pages.use(
    '/assets/*',
    serveStatic({
      root: appDir,
      // Their names change with their content.
      onFound: (_, c) => c.header('Cache-Control', 'public, max-age=31536000, immutable'),
    }),
  );

  pages.get('*', async (c, next) => {
    const isFile = /\.[^/]*$/.test(c.req.path) || /^\/(api|auth|demo|assets)\//.test(c.req.path);
    if (isFile) return next();
    index ??= await readFile(`${appDir}/index.html`, 'utf8').catch(() => undefined);
    if (index === undefined) return c.text('The app is not built: npm run demo builds and starts it.', 503);
    // Back after a sign-out must not bring a signed-in page from a cache.
    c.header('Cache-Control', 'no-store');
    return c.html(index);
  });

  return pages;
}

import { createServer, type Server } from 'node:http';
import react from '@vitejs/plugin-react';
import type { Express } from 'express';
import { createServer as createVite } from 'vite';

/** Serves the API of an app, and the pages in a folder by Vite, on one port. */
export async function serve(app: Express, pages: string): Promise<Server> {
  const port = Number(process.env.PORT ?? 3000);
  const server = createServer(app);
  const vite = await createVite({ root: pages, plugins: [react()], server: { middlewareMode: true, ws: { server } } });
  app.use(vite.middlewares);
  return server.listen(port, '127.0.0.1', () => console.info(`http://localhost:${port}`));
}

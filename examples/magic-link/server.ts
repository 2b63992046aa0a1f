import { serve } from '@hono/node-server';
import { createApp } from './app.ts';
import { createLinks } from './links.ts';

const origin = 'http://localhost:3000';
const app = await createApp({
  origin,
  links: createLinks(Date.now),
  sendMail: (to, link) => console.log(`To ${to}: ${link}`),
});
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 3000 }, () => console.log(origin));

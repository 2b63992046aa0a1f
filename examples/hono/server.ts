import { serve } from '@hono/node-server';
import { createApp } from './app.ts';

const { fetch } = await createApp();
serve({ fetch, port: 3000, hostname: '127.0.0.1' }, () => console.info('http://localhost:3000'));

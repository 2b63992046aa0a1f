// One of several server processes of the demo: told how to start by its environment, says where it is, and ends with the
// process that started it.
import { startDemo } from '../../../demo/server/start.ts';

const { DEMO_DB = '', DEMO_APP = '', REDIS_URL, DATABASE_URL } = process.env;

process.on('disconnect', () => process.exit());

const { url } = await startDemo({
  dbFile: DEMO_DB,
  appDir: DEMO_APP,
  cookieName: 'silent-refresh-two-processes',
  redisUrl: REDIS_URL,
  databaseUrl: DATABASE_URL,
  controls: true,
});
const headers = { 'Content-Type': 'application/json', Origin: url, 'Sec-Fetch-Site': 'same-origin' };
const set = await fetch(`${url}/demo/lifetime`, { method: 'POST', headers, body: '{"seconds":5}' });
if (!set.ok) throw new Error(`The life of the tokens was not set: ${set.status}`);
process.send?.({ port: Number(new URL(url).port) });

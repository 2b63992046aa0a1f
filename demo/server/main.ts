import { demoUsers } from './seed.ts';
import { startDemo } from './start.ts';

const { url, close } = await startDemo({
  port: Number(process.env.PORT ?? 5173),
  dbFile: process.env.DEMO_DB ?? `${import.meta.dirname}/../data/demo.sqlite`,
  redisUrl: process.env.REDIS_URL,
  databaseUrl: process.env.DATABASE_URL,
  controls: process.env.DEMO_CONTROLS !== '0',
  ...(process.env.DEMO_LOG === '1' && { log: (line) => void process.stdout.write(`${line}\n`) }),
});

const width = Math.max(...demoUsers.map(({ name }) => name.length), 'user name'.length) + 3;
console.log(
  [
    '',
    `  silent-refresh demo   ${url}`,
    '',
    `  ${'user name'.padEnd(width)}password`,
    ...demoUsers.map(({ name, password }) => `  ${name.padEnd(width)}${password}`),
    '',
    '  Ctrl-C stops it. This computer alone can reach it.',
    '',
  ].join('\n'),
);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // Once: a second Ctrl-C ends the process the hard way.
  process.once(signal, () => void close());
}

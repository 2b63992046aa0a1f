import { join } from 'node:path';
import esbuildPlugin from '@size-limit/esbuild';
import filePlugin from '@size-limit/file';
import sizeLimit from 'size-limit';

/**
 * What an app ships for what it imports: the production build, minified. `limit` is in kB, gzipped; a row that names a `base`
 * counts what it adds to that row.
 */
const useCases = [
  { name: '`createAuthClient`', import: '{ createAuthClient }', limit: 24.9 },
  { name: '`holdCalls()`', import: '{ createAuthClient, holdCalls }', base: '`createAuthClient`', limit: 0.4 },
  { name: '`replayStreams()`', import: '{ createAuthClient, replayStreams }', base: '`createAuthClient`', limit: 0.3 },
  { name: '`csrfCookie()`', import: '{ createAuthClient, csrfCookie }', base: '`createAuthClient`', limit: 0.8 },
  {
    name: 'everything',
    import: '{ createAuthClient, holdCalls, replayStreams, csrfCookie, isAuthError, authErrorOf }',
    limit: 26.15,
  },
  {
    name: '`silent-refresh/react`',
    import: '{ createAuthClient }',
    react: '{ AuthProvider, useSession, useAuth, SignedIn }',
    base: '`createAuthClient`',
    limit: 1.3,
  },
];

const bytesOf = async (folder, useCase, gzip) => {
  const files = [join(folder, 'index.js'), ...(useCase.react ? [join(folder, 'react/index.js')] : [])];
  const imported = { [files[0]]: useCase.import, ...(useCase.react && { [files[1]]: useCase.react }) };
  const checks = [{ files, import: imported, ignore: ['react', 'react/jsx-runtime'], gzip }];
  const [{ size }] = await sizeLimit([esbuildPlugin, filePlugin], { checks });
  return size;
};

/** Measures the built package in `folder`: kB of 1000 bytes, gzipped and by brotli. */
const measure = async (folder) => {
  const measured = [];
  for (const useCase of useCases) {
    const gzip = (await bytesOf(folder, useCase, true)) / 1000;
    const brotli = (await bytesOf(folder, useCase, false)) / 1000;
    const base = measured.find(({ name }) => name === useCase.base) ?? { whole: { gzip: 0, brotli: 0 } };
    measured.push({
      ...useCase,
      whole: { gzip, brotli },
      gzip: gzip - base.whole.gzip,
      brotli: brotli - base.whole.brotli,
    });
  }
  return measured;
};

const kB = (value, base) => `${base ? '+ ' : ''}${value.toFixed(1)} kB`;

const [folder = join(import.meta.dirname, '../dist')] = process.argv.slice(2);
const measured = await measure(folder);
console.log('| an app with | gzip | brotli |\n| --- | --- | --- |');
for (const { name, gzip, brotli, base } of measured)
  console.log(`| ${name} | ${kB(gzip, base)} | ${kB(brotli, base)} |`);
for (const { name, gzip, limit } of measured.filter((row) => row.gzip > row.limit)) {
  console.error(`${name}: ${gzip.toFixed(2)} kB is over its limit of ${limit} kB.`);
  process.exitCode = 1;
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Compilation, compile } from './compile.ts';

const root = join(import.meta.dirname, '../..');
const doors = ['', '/react', '/server', '/server/sqlite', '/server/redis', '/server/postgres', '/node', '/testing'].map(
  (path) => `silent-refresh${path}`,
);
let folder: string;
let installed: string;

const run = (command: string, args: readonly string[], cwd: string) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Runs a module in bare Node, in the folder that the package was installed into. */
const runModule = (code: string, conditions: readonly string[] = []) => {
  writeFileSync(join(folder, 'run.mjs'), code);
  return run(process.execPath, [...conditions.map((name) => `--conditions=${name}`), 'run.mjs'], folder).trim();
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'silent-refresh-'));
  run('npm', ['run', '-s', 'build'], root);
  const [packed] = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root),
  ) as {
    filename: string;
  }[];
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  run(
    'npm',
    ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${packed?.filename}`, 'react@19.3.1'],
    folder,
  );
  installed = join(folder, 'node_modules/silent-refresh');
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packed package', () => {
  it('SUP-1 holds what is meant to be published, and nothing else', () => {
    const files = readdirSync(installed, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1))
      // What entries share is in files of the bundler's naming.
      .map((name) => name.replace(/^dist\/[\w-]+-[\w-]{8}\.d\.ts$/, 'dist/*.d.ts').replace(/chunk-\w+/, 'chunk-*'));
    const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`);
    expect([...new Set(files)].sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/*.d.ts',
      'dist/chunk-*.js',
      'dist/chunk-*.js.map',
      'dist/cli/main.js',
      'dist/cli/main.js.map',
      'dist/development/index.js',
      'dist/development/index.js.map',
      'dist/development/testing/index.js',
      'dist/development/testing/index.js.map',
      'dist/index.d.ts',
      'dist/index.js',
      'dist/index.js.map',
      'dist/node/index.d.ts',
      'dist/node/index.js',
      'dist/node/index.js.map',
      'dist/react/index.d.ts',
      'dist/react/index.js',
      'dist/react/index.js.map',
      'dist/server/index.d.ts',
      'dist/server/index.js',
      'dist/server/index.js.map',
      ...['postgres', 'redis', 'sqlite'].flatMap((name) =>
        ['.d.ts', '.js', '.js.map'].map((ending) => `dist/server/${name}${ending}`),
      ),
      'dist/testing/index.d.ts',
      'dist/testing/index.js',
      'dist/testing/index.js.map',
      ...docs.sort(),
      'package.json',
    ]);
  });

  it('brings `npx silent-refresh`, whose doctor finds nothing wrong with the authority', () => {
    const said = runModule(`
      import { execFile } from 'node:child_process';
      import { createServer } from 'node:http';
      import { authRoutes } from 'silent-refresh/node';
      import { createAuthority, generateSigningKeys } from 'silent-refresh/server';
      const authority = createAuthority({
        issuer: 'https://auth.example',
        audience: 'https://api.example',
        keys: await generateSigningKeys(),
        refreshSecret: crypto.getRandomValues(new Uint8Array(32)),
        cookie: { profile: 'dev' },
        verifyCredentials: ({ username, password }) => password === 'right' && { id: username },
        userId: (user) => user.id,
      });
      const server = createServer(authRoutes(authority));
      server.listen(0, '127.0.0.1', () => {
        const origin = 'http://127.0.0.1:' + server.address().port;
        const env = { ...process.env, SILENT_REFRESH_PASSWORD: 'right' };
        const args = ['doctor', origin, '--user', 'ada', '--strict'];
        execFile('node_modules/.bin/silent-refresh', args, { env }, (error, stdout) => {
          console.log(stdout.trim().split('\\n').at(-1), error?.code ?? 0);
          server.close();
        });
      });
    `);
    expect(said).toMatch(/^\d+ ok, 0 warnings, 0 errors; \d+ requests\. 0$/);
  });

  it('SUP-1 brings jose along, and nothing else (README-2)', () => {
    const brought = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(brought.sort()).toEqual(['jose', 'react', 'silent-refresh']);
  });

  it('runs `npx silent-refresh keygen`, whose keys an authority takes', () => {
    const [, keys] = /^SIGNING_KEYS=(.+)$/m.exec(run('npx', ['silent-refresh', 'keygen'], folder)) ?? [];
    const published = runModule(`
      import { createAuthority, importSigningKeys } from 'silent-refresh/server';
      const { jwks } = createAuthority({
        issuer: 'a', audience: 'b', keys: importSigningKeys('${keys}'), refreshSecret: new Uint8Array(32),
        verifyCredentials: () => null, userId: () => 'a',
      });
      console.log((await jwks()).keys[0].alg);
    `);
    expect(published).toBe('ES256');
  });

  it.each(doors)('imports %s in bare Node, and touches no global of a browser by it', (door) => {
    const touched = runModule(`
      const touched = [];
      await import('jose'); // which looks at \`navigator\` when it is loaded
      for (const name of ['window', 'document', 'location', 'localStorage', 'navigator', 'fetch', 'BroadcastChannel', 'setTimeout']) {
        const value = globalThis[name];
        Object.defineProperty(globalThis, name, { configurable: true, get: () => (touched.push(name), value) });
      }
      const before = Object.keys(globalThis).length;
      const found = await import('${door}');
      if (Object.keys(globalThis).length !== before) touched.push('a new global');
      console.log(JSON.stringify({ touched, names: Object.keys(found).length > 0 }));
      process.exit();
    `);
    expect(JSON.parse(touched)).toEqual({ touched: [], names: true });
  });

  /** The options of `cases` that the build for these conditions refuses. */
  const refused = (cases: readonly string[], conditions: readonly string[]): string[] =>
    JSON.parse(
      runModule(
        `import { createAuthClient } from 'silent-refresh';
        const refuses = (options) => {
          try {
            createAuthClient(options);
            return false;
          } catch (error) {
            return error instanceof TypeError;
          }
        };
        const cases = { ${cases.map((options) => `${JSON.stringify(options)}: ${options}`).join()} };
        console.log(JSON.stringify(Object.keys(cases).filter((name) => refuses(cases[name]))));`,
        conditions,
      ),
    );

  it('checks every option in the development build alone', () => {
    const wrong = [
      "{ tabs: 'shared' }",
      '{ refreshTimeoutMs: -1 }',
      '{ userId: 7 }',
      "{ endpoints: { logIn: '/x' } }",
      // `fetch` sends no such header, and rejects.
      "{ headers: { client: 'a: b' } }",
    ];
    expect(refused(wrong, ['development'])).toEqual(wrong);
    expect(refused(wrong, [])).toEqual([]);
  });

  it.each([['development'], []])('refuses options that are dangerous in the build for %s', (...conditions) => {
    const dangerous = [
      "{ allowedOrigins: ['http://api.example.com'] }",
      "{ allowedOrigins: ['https://*.example.com'] }",
      '{ endpoints: { refresh: fetch } }',
    ];
    expect(refused(dangerous, conditions)).toEqual(dangerous);
  });

  it.each([['development'], []])(
    'refuses to hold a call without `holdCalls()` in the build for %s',
    (...conditions) => {
      const code = `
      import { createAuthClient } from 'silent-refresh';
      try {
        createAuthClient().fetchWith({ relogin: 'hold' });
      } catch (error) {
        console.log(error.name);
      }`;
      expect(runModule(code, conditions)).toBe('TypeError');
    },
  );

  it('TAB-14 has a client that keeps no process alive', () => {
    const status = runModule(`
      import { createAuthClient } from 'silent-refresh';
      const client = createAuthClient();
      client.start();
      console.log(client.getSession().status);
    `);
    expect(status).toBe('loading');
  });

  it('has an authority that works without anything else', () => {
    const answer = runModule(`
      import { createAuthority, generateSigningKeys } from 'silent-refresh/server';
      const authority = createAuthority({
        issuer: 'https://a.example', audience: 'https://a.example', keys: await generateSigningKeys(),
        refreshSecret: crypto.getRandomValues(new Uint8Array(32)),
        verifyCredentials: () => ({ id: '1' }), userId: (user) => user.id,
      });
      const headers = { origin: 'https://a.example', 'x-auth-client': '1', 'content-type': 'application/json' };
      const response = await authority.handle(new Request('https://a.example/auth/login', { method: 'POST', headers, body: '{}' }));
      const { access_token } = await response.json();
      console.log(response.status, (await authority.verify(access_token)).sub);
    `);
    expect(answer).toBe('200 1');
  });

  it("keeps 'use client' first in the React door", () => {
    expect(readFileSync(join(installed, 'dist/react/index.js'), 'utf8')).toMatch(/^(['"])use client\1/);
  });

  it('has source maps that lead to every source', () => {
    const dist = join(installed, 'dist');
    const maps = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.map'));
    const contents = maps.flatMap((name) => {
      const map = JSON.parse(readFileSync(join(dist, name), 'utf8')) as { sourcesContent: unknown[] };
      return map.sourcesContent;
    });
    expect(contents.length).toBeGreaterThan(100);
    expect(contents.every((content) => typeof content === 'string')).toBe(true);
  });
});

describe.concurrent('its declarations compile without `skipLibCheck`', () => {
  it.for<Compilation>([
    { typescript: 'typescript-5.4', moduleResolution: 'nodenext', react: '@types/react' },
    { typescript: 'typescript-5.4', moduleResolution: 'bundler', react: '@types/react18' },
    { typescript: 'typescript-5', moduleResolution: 'nodenext', react: '@types/react' },
    { typescript: 'typescript-5', moduleResolution: 'bundler', react: '@types/react18' },
    { typescript: 'typescript', moduleResolution: 'nodenext', react: '@types/react' },
    { typescript: 'typescript', moduleResolution: 'bundler', react: '@types/react18' },
    { typescript: '@typescript/native', moduleResolution: 'nodenext', react: '@types/react18' },
    { typescript: '@typescript/native', moduleResolution: 'bundler', react: '@types/react' },
  ])('by $typescript, $moduleResolution, with $react', { timeout: 120_000 }, async (how, { expect }) => {
    expect(await compile(folder, how)).toBe('');
  });
});

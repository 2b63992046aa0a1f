// Writes the API reference of all entry points to docs/api; with `--check`, only says whether it is current.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Application } from 'typedoc';

const root = join(import.meta.dirname, '..');
const committed = join(root, 'docs/api');

/** Each entry point, under the name of its page. */
const entryPoints = {
  client: {
    source: 'src/index.ts',
    title: 'silent-refresh',
    about: 'the client: sign-in, sign-out, `authFetch`, the session, events, errors',
  },
  react: { source: 'src/react/index.ts', title: 'silent-refresh/react', about: 'provider and hooks' },
  server: {
    source: 'src/server/index.ts',
    title: 'silent-refresh/server',
    about: 'the token authority, verifiers for other APIs, keys, logs',
  },
  'server-sqlite': {
    source: 'src/server/stores/sqlite.ts',
    title: 'silent-refresh/server/sqlite',
    about: 'sessions and revocation lists in SQLite',
  },
  'server-redis': {
    source: 'src/server/stores/redis.ts',
    title: 'silent-refresh/server/redis',
    about: 'sessions and revocation lists in Redis',
  },
  'server-postgres': {
    source: 'src/server/stores/postgres.ts',
    title: 'silent-refresh/server/postgres',
    about: 'sessions and revocation lists in PostgreSQL',
  },
  node: {
    source: 'src/node/index.ts',
    title: 'silent-refresh/node',
    about: 'routes and guard for Express, Connect, Fastify and `node:http`',
  },
  testing: {
    source: 'src/testing/index.ts',
    title: 'silent-refresh/testing',
    about: 'a client, an authority and a browser for tests',
  },
};

const generate = async (folder) => {
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: Object.values(entryPoints).map(({ source }) => join(root, source)),
    tsconfig: join(root, 'tsconfig.json'),
    skipErrorChecking: true, // `npm run typecheck` has checked
    name: 'API reference',
    readme: 'none',
    out: folder,
    logLevel: 'Warn',
    // Of values that are handed from one option to another, what is inside is nobody's business.
    intentionallyNotExported: ['RequestPlatform', 'RecordedStream'],
    validation: { notExported: true, invalidLink: true, rewrittenLink: true, invalidPath: true, notDocumented: false },
    disableSources: true,
    excludeExternals: true,
    excludeInternal: true,
    outputFileStrategy: 'modules',
    pageTitleTemplates: { module: ({ name }) => entryPoints[name].title },
    hideBreadcrumbs: true,
    hidePageHeader: true,
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    classPropertiesFormat: 'table',
    propertyMembersFormat: 'table',
    typeDeclarationFormat: 'table',
    typeAliasPropertiesFormat: 'table',
  });
  const project = await app.convert();
  if (project === undefined) throw new Error('The sources cannot be read: `npm run typecheck` says why.');
  const names = Object.entries(entryPoints);
  for (const reflection of project.children ?? []) {
    const found = names.find(
      ([, { source }]) => source === `src/${reflection.name}.ts` || source === `src/${reflection.name}/index.ts`,
    );
    if (found === undefined) throw new Error(`No page is named for ${reflection.name}.`);
    reflection.name = found[0];
  }
  app.validate(project);
  if (app.logger.hasWarnings()) throw new Error('The API reference would be incomplete.');
  await app.generateOutputs(project);
  const index = Object.entries(entryPoints).map(([name, { title, about }]) => `- [\`${title}\`](${name}.md): ${about}`);
  const intro = 'Every export, by entry point. The guides are in [the documentation](../README.md).';
  writeFileSync(join(folder, 'README.md'), `# API reference\n\n${intro}\n\n${index.join('\n')}\n`);
};

const pagesIn = (folder) =>
  Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );

if (process.argv.includes('--check')) {
  const folder = mkdtempSync(join(tmpdir(), 'silent-refresh-api-'));
  await generate(folder);
  const isCurrent = JSON.stringify(pagesIn(folder)) === JSON.stringify(pagesIn(committed));
  rmSync(folder, { recursive: true });
  if (!isCurrent) {
    console.error('docs/api is not current: run `npm run docs:api`, and commit what it writes.');
    process.exitCode = 1;
  }
} else await generate(committed);

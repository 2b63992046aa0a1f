import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtPackage } from './built.ts';
import { problemsOf } from './type-check.ts';

const root = join(import.meta.dirname, '../..');
const pagesIn = (folder: string) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
const texts = ['README.md', ...pagesIn('docs')];

const blocksOf = (file: string) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/```(tsx?)\n(.*?)```/gs)].map(([, kind, code], at) => ({
    // One that begins with its name is a file that others of the same document import; or it is a file of an example.
    name:
      /^\/\/ (examples\/\S+)\n/.exec(code ?? '')?.[1] ??
      join(file, /^\/\/ (?:\w+\/)*([\w.-]+\.tsx?)\n/.exec(code ?? '')?.[1] ?? `${at + 1}.${kind}`),
    // Without an import a block would be a script, and its names everybody's.
    code: `${code}\nexport {};\n`,
  }));

const blocks = texts.flatMap(blocksOf);

/** Links to the headings of a page. */
const headingsOf = (page: string) => {
  const text = readFileSync(join(root, page), 'utf8');
  const found = new Map<string, number>();
  const ofHeadings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => {
    const name = heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-');
    const earlier = found.get(name) ?? 0;
    found.set(name, earlier + 1);
    return earlier === 0 ? name : `${name}-${earlier}`;
  });
  return [...ofHeadings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id)];
};

/** The paragraphs and list items of a page, without code, tables and headings, and with links as they are shown. */
const paragraphsOf = (page: string): string[] =>
  readFileSync(join(root, page), 'utf8')
    .replace(/```.*?```/gs, '')
    .split(/\n\s*\n|\n(?=\s*(?:[-*|#]|\d+\.) )/)
    .filter((paragraph) => !/^\s*[|#]/.test(paragraph))
    .map((paragraph) => paragraph.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').trim());

describe('the documentation', () => {
  it('has code in it', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(6);
  });

  it('has code that compiles', () => {
    expect(problemsOf(blocks)).toEqual([]);
  }, 240_000);

  it('has no JavaScript that is neither compiled here nor, as a file with a name, run by another test', () => {
    const unchecked = texts.flatMap((text) =>
      [...readFileSync(join(root, text), 'utf8').matchAll(/```(?:js|jsx|mjs|javascript|typescript)\n(.*)\n/g)]
        .filter(([, first = '']) => !/^\/\/ \S+\.\w+$/.test(first))
        .map(([, first]) => `${text}: ${first}`),
    );
    expect(unchecked).toEqual([]);
  });

  it('would be caught with code that does not compile', () => {
    const code = "import { createAuthClient } from 'silent-refresh';\ncreateAuthClient({ tokens: 1 });";
    expect(problemsOf([{ name: 'wrong.ts', code }])).toHaveLength(1);
  }, 60_000);

  it('has every page in its index', () => {
    const index = readFileSync(join(root, 'docs/README.md'), 'utf8');
    const missing = texts
      .filter((text) => /^docs\/(?!README)/.test(text))
      .filter((text) => !index.includes(`](${text.slice('docs/'.length)})`));
    expect(missing).toEqual([]);
  });

  it('has no page outside of these checks but the API reference, which is generated', () => {
    const folders = readdirSync(join(root, 'docs'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name)).toEqual(['api']);
  });

  it('has no link that leads nowhere', () => {
    const broken = [...texts, ...pagesIn('docs/api'), 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'].flatMap(
      (text) =>
        [...readFileSync(join(root, text), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)]
          .map(([, link = '']) => link)
          .filter((link) => !/^[a-z]+:/.test(link))
          .filter((link) => {
            const [path = '', anchor] = link.split('#');
            const file = path === '' ? text : join(dirname(text), path);
            return !existsSync(join(root, file)) || (anchor !== undefined && !headingsOf(file).includes(anchor));
          })
          .map((link) => `${text}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it('has no sentence of more than 35 words', () => {
    const long = texts.flatMap((text) =>
      paragraphsOf(text)
        .map((paragraph) => paragraph.replace(/`[^`]*`/g, 'X'))
        .flatMap((paragraph) => paragraph.split(/(?<=[.!?:;])\s+(?=[A-Z`*])/))
        .filter((sentence) => sentence.split(/\s+/).length > 35)
        .map((sentence) => `${text}: ${sentence}`),
    );
    expect(long).toEqual([]);
  });

  it('has no paragraph of more than four lines, a line being the 120 characters that GitHub shows', () => {
    const long = texts.flatMap((text) =>
      paragraphsOf(text)
        .map((paragraph) => paragraph.replace(/[`*]/g, ''))
        .filter((paragraph) => paragraph.length > 4 * 120)
        .map((paragraph) => `${text}, ${paragraph.length} characters: ${paragraph}`),
    );
    expect(long).toEqual([]);
  });

  it('has an entry for each warning of the development build (C-60)', () => {
    const folder = join(root, 'src/client/setup');
    const entries = readdirSync(folder).flatMap((name) =>
      [...readFileSync(join(folder, name), 'utf8').matchAll(/warn\(\s*'([a-z0-9-]+)'/g)].map(([, entry = '']) => entry),
    );
    expect(entries.length).toBeGreaterThan(5);
    expect(entries.filter((entry) => !headingsOf('docs/troubleshooting.md').includes(entry))).toEqual([]);
  });

  it('names every option of the client in the table', () => {
    const declared = readFileSync(join(root, 'src/client/options.ts'), 'utf8');
    const [, body = ''] = /interface AuthClientOptions.*?\{\n(.*?)\n\}/s.exec(declared) ?? [];
    const options = ['token', ...[...body.matchAll(/^ {2}readonly (\w+)\?/gm)].map(([, name]) => name)];
    const table = readFileSync(join(root, 'docs/options.md'), 'utf8');
    expect(options.filter((name) => !table.includes(`| \`${name}\` |`))).toEqual([]);
    expect(options.length).toBeGreaterThan(10);
  });

  it('says what an app ships, within 0.3 kB of what is measured (README-1)', async () => {
    const script = join(root, 'scripts/size.mjs');
    const { stdout } = spawnSync(process.execPath, [script, await builtPackage()], { encoding: 'utf8' });
    const figuresIn = (text: string) =>
      [...text.matchAll(/^\| (.+) \| (?:\+ )?([\d.]+) kB \| (?:\+ )?([\d.]+) kB \|$/gm)].map(
        ([, name, ...figures]) => [name, ...figures.map(Number)] as const,
      );
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const said = figuresIn(readFileSync(join(root, 'docs/faq.md'), 'utf8'));
    const measured = figuresIn(stdout);
    expect(said.map(([name]) => name)).toEqual(measured.map(([name]) => name));
    expect(measured.length).toBeGreaterThan(3);
    for (const [at, [name, ...figures]] of measured.entries()) {
      const [, ...saidOfIt] = said[at] ?? [];
      const tenthsApart = figures.map((figure, n) => Math.round(10 * Math.abs(figure - (saidOfIt[n] ?? 0))));
      expect(Math.max(...tenthsApart), name).toBeLessThanOrEqual(3);
    }
    const [, client, react] = /client is (\d+) kB gzipped, its React binding (\d+) kB/.exec(readme) ?? [];
    const gzipOf = (of: string) => measured.find(([name]) => name?.includes(of))?.[1];
    expect([Number(client), Number(react)]).toEqual(
      ['createAuthClient', 'silent-refresh/react'].map((name) => Math.round(gzipOf(name) ?? Number.NaN)),
    );
  }, 60_000);

  it.each([
    ['ARC-5', 'demo/app', /not an OAuth/i],
    ['ARC-6', 'docs/security.md', /back end for front ends.*stronger/is],
    ['ARC-7', 'docs/security.md', /can use the session, call the refresh endpoint, and read the access token/],
    ['ARC-10', 'docs/security.md', /DPoP is not defined for a token-mediating back end/],
    ['ARC-13', 'docs/security.md', /same origin is one application/],
    [
      'C-20',
      'docs/compatibility.md',
      /Chromium 111, Firefox 111, Safari 16\.4.*from Chromium 119, Firefox 111 and Safari 16\.1/s,
    ],
    ['ARC-14', 'docs/security.md', /What the browser has to have/],
  ])('%s is said in %s', (_id, place, words) => {
    const read = (path: string): string =>
      path.includes('.')
        ? readFileSync(path, 'utf8')
        : readdirSync(path, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile() && /\.(tsx?|html)$/.test(entry.name))
            .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
            .join('\n');
    expect(read(join(root, place))).toMatch(words);
  });
});

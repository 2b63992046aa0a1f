import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { OPTIONS } from '../../../../src/cli/doctor/arguments/options.ts';
import { cookies, strictAboutKeys } from './changes.ts';
import { CREDENTIALS, serve } from './server.ts';

const AUTH = 'https://auth.example.com';
const APP = 'https://app.example.com';
const document = await readFile(new URL('../../../../docs/doctor.md', import.meta.url), 'utf8');

describe('docs/doctor.md', () => {
  it('names options that there are', () => {
    const known = ['help', ...Object.keys(OPTIONS)];
    const named = [...document.matchAll(/--([a-z][a-z-]*)/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('shows what the doctor prints', async () => {
    const strict = strictAboutKeys();
    const withoutHttpOnly = cookies((it) => it.replace('; HttpOnly', ''));
    const server = await serve(
      { cookie: { profile: 'host' }, origin: AUTH, allowedOrigins: [APP] },
      (request, handle) => withoutHttpOnly(request, (it) => strict(it, handle)),
    );
    const { output } = await server.doctor([...CREDENTIALS, '--origin', APP], AUTH);
    const [, shown = ''] = /```text\n(.*?)\n```/s.exec(document) ?? [];
    const parts = shown.split('\n…\n');
    expect(parts).toHaveLength(2);
    for (const part of parts) expect(output).toContain(part.trim());
    expect(output.endsWith(parts.at(-1) ?? '')).toBe(true);
  });
});

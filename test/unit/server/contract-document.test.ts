import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createFixture, ORIGIN } from './fixture.ts';

const LISTED = 'https://app.auth.example';
const contract = await readFile(new URL('../../../docs/contract.md', import.meta.url), 'utf8');

/** The values that the contract's table of CORS headers has in code type for a header, in lower case. */
function namedFor(header: string): string[] {
  const [, value = ''] = new RegExp(`^\\| \`${header}\` \\| [^|]* \\| (.*) \\|$`, 'm').exec(contract) ?? [];
  const codes = [...value.matchAll(/`([^`]+)`/g)].flatMap(([, code = '']) => code.split(', '));
  return codes.map((name) => name.toLowerCase());
}

function listed(answer: Response, header: string): string[] {
  return (answer.headers.get(header) ?? '').split(', ').map((name) => name.toLowerCase());
}

describe('docs/contract.md', () => {
  it('names the headers that a preflight of the authority allows, and those that it exposes', async () => {
    const { authority } = createFixture({ allowedOrigins: [LISTED] });
    const headers = { Origin: LISTED, 'Sec-Fetch-Site': 'same-site', 'X-Auth-Client': '1' };
    const ask = (method: string) => authority.handle(new Request(`${ORIGIN}/auth/refresh`, { method, headers }));
    const allowed = namedFor('Access-Control-Allow-Headers');
    expect(allowed).toEqual(expect.arrayContaining(['content-type', 'x-auth-client', 'idempotency-key']));
    expect(listed(await ask('OPTIONS'), 'Access-Control-Allow-Headers')).toEqual(expect.arrayContaining(allowed));
    const exposed = namedFor('Access-Control-Expose-Headers');
    expect(exposed.length).toBeGreaterThan(0);
    expect(listed(await ask('POST'), 'Access-Control-Expose-Headers').sort()).toEqual(exposed.sort());
  });

  it('gives rule 5 its time limit (S-22)', () => {
    expect(contract).toMatch(/^5\. .*for at most 24 h.*$/m);
  });
});

import { describe, expect, it, vi } from 'vitest';
import { isProxyChallenge, isTokenChallenge, parseChallenges } from '../../../src/requests/challenge.ts';
import fc from '../random.ts';
import { header, type Meant } from './challenge-header.ts';
import { anyText } from './hostile-json.ts';

// For as long as a busy machine takes.
vi.setConfig({ testTimeout: 60_000 });

const parsed = (text: string): Meant[] =>
  parseChallenges(text).map(({ scheme, params }) => ({ scheme, params: [...params] }));

const factsOf = (challenges: readonly Meant[]): string[] =>
  challenges.flatMap(({ scheme, params }, n) => params.map((param) => JSON.stringify([n, scheme, ...param])));

const has = (challenges: readonly Meant[], pattern: RegExp): boolean =>
  challenges.some(({ params }) => params.some(([, value]) => pattern.test(value)));

describe('a WWW-Authenticate header in any quoting, spacing and case', () => {
  it('is read as it was meant: every parameter with its own scheme, and no other', () => {
    const floors = { quotedCommas: 0, escapes: 0, disguised: 0, several: 0, bare: 0 };
    fc.assert(
      fc.property(header, ({ meant, text }) => {
        expect(parsed(text)).toEqual(meant);
        floors.quotedCommas += Number(has(meant, /,/));
        floors.escapes += Number(has(meant, /["\\]/));
        floors.disguised += Number(has(meant, /Bearer error/));
        floors.several += Number(meant.length > 1);
        floors.bare += Number(meant.some(({ params }) => params.length === 0));
      }),
      { numRuns: 2000 },
    );
    for (const floor of Object.values(floors)) expect(floor).toBeGreaterThan(100);
  });

  it('challenges the token where a Bearer challenge says so, and in no other case', () => {
    const seen = { yes: 0, no: 0, disguised: 0 };
    fc.assert(
      fc.property(header, ({ meant, text }) => {
        const bearers = meant.filter(({ scheme }) => scheme === 'bearer').map(({ params }) => new Map(params));
        const isMeant = bearers.some((params) => (params.get('error') ?? 'invalid_token') === 'invalid_token');
        const response = new Response(null, { status: 401, headers: { 'www-authenticate': text } });
        expect(isTokenChallenge(response)).toBe(isMeant);
        seen[isMeant ? 'yes' : 'no']++;
        seen.disguised += Number(!isMeant && has(meant, /Bearer error="?invalid_token/));
      }),
      { numRuns: 2000 },
    );
    for (const floor of Object.values(seen)) expect(floor).toBeGreaterThan(30);
  });

  it('is that of a proxy where a scheme of its own says so, and in no other case', () => {
    const seen = { yes: 0, no: 0, disguised: 0 };
    fc.assert(
      fc.property(header, ({ meant, text }) => {
        const isMeant = meant.some(({ scheme }) => ['basic', 'negotiate', 'ntlm'].includes(scheme));
        expect(isProxyChallenge(new Headers({ 'www-authenticate': text }))).toBe(isMeant);
        seen[isMeant ? 'yes' : 'no']++;
        seen.disguised += Number(!isMeant && has(meant, /basic/i));
      }),
      { numRuns: 2000 },
    );
    for (const floor of Object.values(seen)) expect(floor).toBeGreaterThan(30);
  });
});

describe('a WWW-Authenticate header that is cut off anywhere', () => {
  it('is read as it was meant up to there, but for the last thing in it', () => {
    let cut = 0;
    fc.assert(
      fc.property(header, fc.nat(), ({ meant, text }, at) => {
        const read = parsed(text.slice(0, at % text.length));
        const schemes = read.map(({ scheme }) => scheme).slice(0, -1);
        expect(schemes).toEqual(meant.map(({ scheme }) => scheme).slice(0, schemes.length));
        const facts = factsOf(read).slice(0, -1);
        expect(facts).toEqual(factsOf(meant).slice(0, facts.length));
        cut += Number(facts.length > 0);
      }),
      { numRuns: 2000 },
    );
    expect(cut).toBeGreaterThan(200);
  });
});

describe('a WWW-Authenticate header that goes on with anything', () => {
  it('is read as it was meant before that: all challenges but the last are complete', () => {
    let long = 0;
    const anything = fc.oneof(fc.string(), anyText, fc.stringMatching(/^[a",=\\ ]{0,20}$/));
    fc.assert(
      fc.property(header, anything, ({ meant, text }, more) => {
        const sure = meant.slice(0, -1);
        const read = parsed(`${text}, ${more}`);
        expect(read.slice(0, sure.length)).toEqual(sure);
        expect(read[sure.length]?.scheme).toBe(meant.at(-1)?.scheme);
        long += Number(sure.length > 1);
      }),
      { numRuns: 1000 },
    );
    expect(long).toBeGreaterThan(100);
  });
});

describe('parameters without a scheme before them', () => {
  it('are nobody’s', () => {
    let several = 0;
    fc.assert(
      fc.property(header, ({ meant, text }) => {
        const [first] = meant;
        fc.pre(first !== undefined && first.params.length > 0);
        const orphans = text.trimStart().slice(first.scheme.length).trimStart();
        const [read] = parsed(orphans);
        expect(read?.params ?? []).toEqual([]);
        several += Number(first.params.length > 1);
      }),
      { numRuns: 1000 },
    );
    expect(several).toBeGreaterThan(100);
  });
});

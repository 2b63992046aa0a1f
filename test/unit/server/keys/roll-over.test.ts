import { generateKeyPair, type JSONWebKeySet } from 'jose';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createMemoryStore, createVerifier, type SigningKeys } from '../../../../src/server/index.ts';
import { apiCall, createFixture, type Fixture, MINUTE } from '../fixture.ts';
import { AUDIENCE, ISSUER } from '../forgery.ts';
import { publish } from './published.ts';

const old = { kid: 'old', alg: 'ES256' as const, ...(await generateKeyPair('ES256')) };
const next = { kid: 'new', alg: 'RS256' as const, ...(await generateKeyPair('RS256')) };
// The steps of docs/server.md, each with what is waited for after it has reached a process.
const STEPS: readonly [keys: SigningKeys, waitMs: number][] = [
  [{ current: old }, 0],
  [{ current: old, next: [next] }, 15 * MINUTE],
  [{ current: next, previous: [old] }, 6 * MINUTE],
  [{ current: next }, 15 * MINUTE],
];

it('keys roll over without a 401: at two processes, and at a verifier behind caches (JWT-14)', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const store = createMemoryStore();
  const start = (keys: SigningKeys): Fixture =>
    createFixture({ keys, store, statelessAccess: true, now: () => Date.now() });
  const [[first]] = STEPS as [[SigningKeys, number]];
  const processes = [start(first), start(first)];

  let cached: { keys: JSONWebKeySet; at: number } | undefined;
  const published = await publish(async () => {
    // As a cache in between has it: up to five minutes old, and from either of the two.
    if (cached === undefined || Date.now() - cached.at >= 5 * MINUTE) {
      const [process] = processes.toReversed() as [Fixture];
      cached = { keys: await process.authority.jwks(), at: Date.now() };
    }
    return cached.keys;
  });
  const verifier = createVerifier({ issuer: ISSUER, audience: AUDIENCE, jwks: published.url });

  let jar = new Map<string, string>();
  let tokens: { token: string; expiresAt: number }[] = [];

  async function use({ browser }: Fixture): Promise<void> {
    const page = browser();
    for (const [name, value] of jar) page.jar.set(name, value);
    const answer = jar.size === 0 ? await page.signIn() : await (await page.refresh()).json();
    jar = page.jar;
    const { access_token: token, expires_in } = answer;
    tokens.push({ token, expiresAt: Date.now() + expires_in * 1000 });
    tokens = tokens.filter(({ expiresAt }) => Date.now() < expiresAt);
    for (const { token } of tokens) {
      for (const { guard } of [...processes.map(({ authority }) => authority), verifier]) {
        expect(await guard(apiCall(token))).toMatchObject({ sub: 'ann' });
      }
    }
  }

  for (const [keys, waitMs] of STEPS) {
    for (const index of processes.keys()) {
      processes[index] = start(keys);
      for (const end = Date.now() + waitMs; Date.now() <= end; vi.setSystemTime(Date.now() + MINUTE)) {
        for (const process of processes) await use(process);
      }
    }
  }
  expect(published.asked).toBeGreaterThan(5);
});

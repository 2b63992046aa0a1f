// What the authority costs beside the bare cryptography of jose, by algorithm, with the built package and a store in memory.
// What else the machine is doing only adds to a time, so the two sides of a ratio take turns, call by call, and those calls
// that were disturbed least are compared.
import { fileURLToPath } from 'node:url';
import { jwtVerify, SignJWT } from 'jose';
import type { Row } from './row.ts';

type Server = typeof import('../../src/server/index.ts');
type Algorithm = 'ES256' | 'Ed25519' | 'RS256' | 'HS256';

const built = fileURLToPath(new URL('../../dist/server/index.js', import.meta.url));
const { createAuthority, createVerifier, generateSigningKeys }: Server = await import(built);

const ORIGIN = 'https://app.example';
const EXPECTED = { issuer: 'https://auth.example', audience: 'https://api.example' };
const HEADERS = { Origin: ORIGIN, 'X-Auth-Client': '1', 'Sec-Fetch-Site': 'same-origin' };
// What a server runs all day is compiled after some thousand calls, and much slower before.
const WARM_UP = 100;
const ROUNDS = 40;
const CALLS = 50;

/** Calls whose preparation is not timed. */
interface Timed {
  prepare?(): Promise<void>;
  call(n: number): Promise<unknown>;
}

async function microsOf(call: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await call();
  return (performance.now() - startedAt) * 1000;
}

function quickTenth(times: readonly number[]): number {
  return [...times].sort((one, other) => one - other)[Math.floor(times.length / 10)] ?? 0;
}

async function compare(what: string, own: Timed, bare: Timed, budget: number): Promise<Row> {
  const times = { own: [] as number[], bare: [] as number[] };
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    await own.prepare?.();
    for (let n = 0; n < CALLS; n += 1) {
      const [measured, beside] = [await microsOf(() => own.call(n)), await microsOf(() => bare.call(n))];
      if (round < WARM_UP) continue;
      times.own.push(measured);
      times.bare.push(beside);
    }
  }
  return { what, measured: quickTenth(times.own) / quickTenth(times.bare), unit: '×', budget };
}

/*
 * The guard also reads the session's record, and a refresh also checks a refresh token, beside the hash of its idempotency
 * key, makes another (each HMAC is a trip to another thread), swaps the record, and writes a response. That takes the same
 * time with each algorithm, and so a larger share beside a quicker one: RS256 is quick to check, and Ed25519 quick to sign.
 * HS256 is quick at both, but jose imports its secret at each call.
 */
const BUDGET = { guard: 1.1, verifier: 1.1, refresh: 2.5 };

async function rowsOf(alg: Algorithm): Promise<Row[]> {
  const keys = await generateSigningKeys({ alg });
  const { current } = keys as {
    current: { kid: string; secret?: Uint8Array; privateKey: CryptoKey; publicKey: CryptoKey };
  };
  const authority = createAuthority({
    ...EXPECTED,
    keys,
    refreshSecret: new Uint8Array(32).fill(1),
    verifyCredentials: () => ({ id: 'ann' }),
    userId: ({ id }) => id,
    onEvent: () => {},
  });
  const verifier = createVerifier({ ...EXPECTED, keys });

  const post = (path: string, cookies: string, init: RequestInit = {}) =>
    new Request(`${ORIGIN}${path}`, {
      method: 'POST',
      ...init,
      headers: { ...HEADERS, Cookie: cookies, ...init.headers },
    });
  const cookiesOf = (response: Response) =>
    response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';', 1)[0])
      .join('; ');
  const signIn = () =>
    authority.handle(post('/auth/login', '', { body: '{}', headers: { 'Content-Type': 'application/json' } }));

  const { access_token: token } = await (await signIn()).json();
  const request = new Request(`${ORIGIN}/api`, { headers: { Authorization: `Bearer ${token}` } });
  const claims = await authority.verify(token);

  const verifyBare = () =>
    jwtVerify(token, current.secret ?? current.publicKey, { algorithms: [alg], typ: 'at+jwt', ...EXPECTED });
  const signBare = () =>
    new SignJWT(claims)
      .setProtectedHeader({ alg, kid: current.kid, typ: 'at+jwt' })
      .sign(current.secret ?? current.privateKey);

  let responses = await Promise.all(Array.from({ length: CALLS }, signIn));
  let requests: Request[] = [];
  const refresh: Timed = {
    async prepare() {
      requests = responses.map((response) => {
        const headers = { 'Idempotency-Key': crypto.randomUUID() };
        return post('/auth/refresh', cookiesOf(response), { headers });
      });
      responses = [];
    },
    async call(n) {
      responses.push(await authority.handle(requests[n] as Request));
    },
  };
  const verify = { call: verifyBare };
  return [
    await compare(`${alg}: guard over jwtVerify`, { call: () => authority.guard(request) }, verify, BUDGET.guard),
    await compare(
      `${alg}: guard of a verifier over jwtVerify`,
      { call: () => verifier.guard(request) },
      verify,
      BUDGET.verifier,
    ),
    await compare(`${alg}: refresh over SignJWT`, refresh, { call: signBare }, BUDGET.refresh),
  ];
}

/** The guard beside bare verification, and a refresh beside bare signing. */
export async function measureAlgorithms(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const alg of ['ES256', 'Ed25519', 'RS256', 'HS256'] as const) rows.push(...(await rowsOf(alg)));
  return rows;
}

import type { AuthClient, AuthClientOptions, HoldCalls } from '../../src/index.ts';

/** What calls cost. Durations of single calls stand as multiples of one `new URL('/api', base).origin`. */
export interface CallFigures {
  /** What `authFetch` adds to the bare call while the token is good. */
  readonly overhead: number;
  /** The same for a client that holds calls. */
  readonly overheadWithHold: number;
  /** From the refresh's answer until 10,000 waiting calls have theirs. */
  readonly drainedMs: number;
  /** 1,000 calls that are refused with 401 at once, until one refresh and 1,000 replays are over. */
  readonly replayedMs: number;
  /** The calibration itself, for the log. */
  readonly urlMicros: number;
}

type Options = AuthClientOptions;
type Create = (options?: Options) => AuthClient;
type Stub = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

const callsARound = 20_000;
const rounds = 15;
const path = '/auth/refresh';

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

const tokens = (token = 'token') => Response.json({ access_token: token, token_type: 'Bearer', expires_in: 300 });
const isRefresh = (input: RequestInfo | URL) => String(input).endsWith(path);

/** Runs `work` with a client whose network is `stub`, and puts everything back. */
const withClient = async <T>(
  create: Create,
  stub: Stub,
  options: Options,
  work: (client: AuthClient) => Promise<T>,
): Promise<T> => {
  const original = globalThis.fetch;
  globalThis.fetch = stub;
  const client = create({ tabs: 'off', ...options });
  const stop = client.start();
  try {
    return await work(client);
  } finally {
    stop();
    globalThis.fetch = original;
  }
};

const microsPerCall = async (call: () => unknown): Promise<number> => {
  const startedAt = performance.now();
  for (let n = 0; n < callsARound; n++) await call();
  return ((performance.now() - startedAt) * 1000) / callsARound;
};

const urlMicros = (): number => {
  const base = 'https://app.example.com/some/page';
  let length = 0;
  const startedAt = performance.now();
  for (let n = 0; n < callsARound; n++) length += new URL('/api', base).origin.length;
  const micros = ((performance.now() - startedAt) * 1000) / callsARound;
  if (length === 0) throw new Error('Nothing was parsed.');
  return micros;
};

/** The bare call, ours and the calibration in turn, so that the machine's moods meet all three. */
const measureOverhead = async (create: Create, options: Options) => {
  const answer = new Response(null, { status: 200 });
  const stub: Stub = async (input) => (isRefresh(input) ? tokens() : answer);
  return withClient(create, stub, options, async (client) => {
    await client.ready();
    const bare: number[] = [];
    const ours: number[] = [];
    const url: number[] = [];
    for (let round = 0; round < rounds; round++) {
      url.push(urlMicros());
      bare.push(await microsPerCall(() => stub('/api')));
      ours.push(await microsPerCall(() => client.authFetch('/api')));
    }
    return { ratio: (median(ours) - median(bare)) / median(url), urlMicros: median(url) };
  });
};

/** Starts `count` calls that wait for one refresh, lets `seen` look at them, and answers the refresh. */
export const whileWaiting = async (
  create: Create,
  count: number,
  before: () => void = () => {},
  seen: () => void = () => {},
): Promise<number> => {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const answer = new Response(null, { status: 200 });
  const stub: Stub = async (input) => {
    if (!isRefresh(input)) return answer;
    await released;
    return tokens();
  };
  return withClient(create, stub, {}, async (client) => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    before();
    const calls = Array.from({ length: count }, () => client.authFetch('/api'));
    seen();
    const startedAt = performance.now();
    release();
    await Promise.all(calls);
    return performance.now() - startedAt;
  });
};

const measureReplays = async (create: Create, count: number): Promise<number> => {
  let refreshes = 0;
  let isRevoked = false;
  const stub: Stub = async (input, init) => {
    if (isRefresh(input)) return tokens(`token-${++refreshes}`);
    const isOld = isRevoked && new Headers(init?.headers).get('authorization') === 'Bearer token-1';
    return new Response(null, { status: isOld ? 401 : 200 });
  };
  return withClient(create, stub, {}, async (client) => {
    await client.ready();
    // Past the distance that refreshes keep from each other.
    await new Promise((resolve) => setTimeout(resolve, 600));
    isRevoked = true;
    const startedAt = performance.now();
    const answers = await Promise.all(Array.from({ length: count }, () => client.authFetch('/api')));
    const tookMs = performance.now() - startedAt;
    const failed = answers.filter(({ ok }) => !ok).length;
    if (failed > 0 || refreshes !== 2) throw new Error(`${failed} calls failed, ${refreshes} refreshes.`);
    return tookMs;
  });
};

/** Runs wherever there is a page and a `fetch` to stub: in Node with a stub page, and in a real browser. */
export const measureCalls = async (create: Create, hold: () => HoldCalls): Promise<CallFigures> => {
  const plain = await measureOverhead(create, {});
  const holding = await measureOverhead(create, { relogin: hold() });
  return {
    overhead: plain.ratio,
    overheadWithHold: holding.ratio,
    drainedMs: await whileWaiting(create, 10_000),
    replayedMs: await measureReplays(create, 1000),
    urlMicros: plain.urlMicros,
  };
};

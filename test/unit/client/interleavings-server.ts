import {
  type Answer,
  type Asked,
  createFakeServer,
  type FakeServer,
  networkError,
  never,
  status,
} from './fake-server.ts';
import { keyMs, later, lostOnWakeMs, onlyOn, presumedLostMs, type Run } from './interleavings-run.ts';
import type { Setting } from './random-actions.ts';

/** The generations of one session's cookie: the server's, the browser's, and the key that made the newest. */
interface Rotation {
  current: number;
  cookie: number;
  key: string | null;
  /** Two refreshes may have been under way at one time: who came back from the back/forward cache starts over. */
  isDoubtful: boolean;
}

interface UnderWay {
  readonly asked: Asked;
  readonly page: number;
  readonly key: string | null;
  readonly wallAt: number;
  /** Not waited for any more, or of a session that is over: the next one need not know it. */
  isGone: boolean;
  isForgotten: boolean;
}

export interface StrictServer {
  readonly server: FakeServer;
  isRefreshing(): boolean;
  isSigningIn(): boolean;
  /** The page is back from the back/forward cache. */
  restored(): void;
  /** The page wakes, or may have slept. */
  woken(): void;
  /** Shortly after `restored` one refresh may be too many: see interleavings-restored.test.ts. */
  isStartingOver(at: number): boolean;
  /** Somebody has signed in or out here. */
  forgotten(): void;
  /** The request that was answered last. */
  answered(): Asked | undefined;
  /** What is to be done when a refresh or a sign-in is asked for. */
  onAsked: (asked: Asked) => void;
}

/** How long a refresh waits in the queue, after the least distance. */
const startOverMs = 3500;

/** A server that rotates its cookie strictly: whoever brings an old one with a new key is taken for a thief. */
export const createStrictServer = (run: Run, { namesSession, refreshes, signOuts }: Setting): StrictServer => {
  const server = createFakeServer({ lifetimeS: 5, namesSession });
  const rotations = new Map<unknown, Rotation>();
  const firstUses = new Map<string | null, number>();
  const underWay = new Set<UnderWay>();
  let signingIn = 0;
  let answered: Asked | undefined;
  let restoredAt = Number.NEGATIVE_INFINITY;
  let wokenAt = Number.NEGATIVE_INFINITY;

  const rotationOf = (family: unknown): Rotation => {
    const fresh = { current: 1, cookie: 1, key: null, isDoubtful: false };
    const found = rotations.get(family) ?? fresh;
    rotations.set(family, found);
    return found;
  };

  /** A key is kept for a minute from its first request, by the wall clock. */
  const isOver = (key: string | null): boolean => {
    const first = firstUses.get(key);
    return first === undefined || Math.abs(run.wallAt() - first) >= keyMs;
  };

  /** Does what a refresh asks for; returns what the browser does when the answer arrives. */
  const rotate = (key: string | null): (() => void) => {
    const family = server.session;
    if (family === undefined || family.ended !== undefined) return () => {};
    const rotation = rotationOf(family);
    const isKnown = key === rotation.key && rotation.current - rotation.cookie <= 1;
    if (!isKnown) {
      if (rotation.cookie !== rotation.current) {
        if (isOver(rotation.key) || rotation.isDoubtful) run.note('old cookie after a minute');
        else run.wrong.push('a refresh was taken for a theft');
        rotation.cookie = rotation.current;
      }
      Object.assign(rotation, { current: rotation.current + 1, key });
    } else if (rotation.cookie !== rotation.current) run.note('lost answer repeated');
    const { current } = rotation;
    return () => {
      rotation.cookie = current;
    };
  };

  /** Presumed lost by its page: too old, or old enough when the page woke. */
  const isLost = ({ asked, wallAt }: UnderWay): boolean => {
    const ageMs = Math.max(run.now() - asked.at, run.wallAt() - wallAt);
    return ageMs >= (wokenAt >= asked.at ? lostOnWakeMs : presumedLostMs);
  };

  const meet = (next: UnderWay) => {
    for (const other of underWay) {
      if (other.isGone || next.asked.at - other.asked.at >= keyMs) continue;
      if (strict.isStartingOver(other.asked.at)) continue;
      const isSamePage = other.page === next.page;
      if (isSamePage && !isLost(other)) run.wrong.push('two refreshes at one time');
      // When the minute of its key is over, by whatever clock, another one takes its place.
      else if (isOver(other.key)) other.isForgotten = true;
      else if (!other.isForgotten) {
        run.note(`refresh during one ${isSamePage ? 'presumed lost' : 'of the page before'}`);
        if (other.key !== next.key) run.wrong.push('a refresh under way was repeated with another key');
      }
    }
  };

  const strict: StrictServer = {
    server,
    isRefreshing: () => [...underWay].some(({ page }) => page === run.page()),
    isSigningIn: () => signingIn > 0,
    restored: () => {
      restoredAt = run.now();
      for (const entry of underWay) entry.isGone = true;
      if (underWay.size > 0 && server.session !== undefined) rotationOf(server.session).isDoubtful = true;
    },
    woken: () => {
      wokenAt = run.now();
    },
    isStartingOver: (at) => at >= restoredAt && at - restoredAt <= startOverMs,
    forgotten: () => {
      for (const entry of underWay) entry.isForgotten = true;
      // The key of a lost answer is forgotten with it: of a session that the client has not met, it may be missed.
      const rotation = rotations.get(server.session);
      if (rotation !== undefined && rotation.cookie !== rotation.current) rotation.isDoubtful = true;
    },
    answered: () => answered,
    onAsked: () => {},
  };

  server.always('/auth/refresh', async (asked) => {
    const page = run.page();
    const key = asked.request.headers.get('Idempotency-Key');
    const entry = { asked, page, key, wallAt: run.wallAt(), isGone: false, isForgotten: false };
    if (!firstUses.has(key)) firstUses.set(key, run.wallAt());
    meet(entry);
    strict.onAsked(asked);
    underWay.add(entry);
    const kind = refreshes.shift() ?? 'well';
    const acts = kind === 'well' || kind === 'late' || kind === 'lost' || kind === 'unheard';
    const arrive = acts ? rotate(key) : () => {};
    const response = acts ? await server.usual(asked) : undefined;
    const plain: Partial<Record<typeof kind, Answer>> = {
      503: status(503),
      later: status(429, {}, { 'Retry-After': '4' }),
    };
    if (kind === 'never' || kind === 'unheard') await new Promise(() => {});
    if (kind === 'well') await server.late(0, () => new Response())(asked);
    if (kind === 'late' || kind === 'lost' || kind === 'network')
      await run.schedule.schedule(Promise.resolve(), `refresh: ${kind}`);
    underWay.delete(entry);
    // The cookie outlives the page that asked for it.
    if (kind === 'well' || kind === 'late') arrive();
    await onlyOn(run, page);
    answered = asked;
    return response === undefined || kind === 'lost' ? (plain[kind] ?? networkError)(asked) : response;
  });

  server.always('/auth/login', async (asked) => {
    const page = run.page();
    strict.onAsked(asked);
    signingIn++;
    const { user, password } = (await asked.request.clone().json()) as { user: string; password: string };
    server.secrets.add(password);
    const before = server.session;
    const response = password === 'wrong' ? await status(401)(asked) : server.tokensFor(user);
    const entered = server.session;
    // The cookie comes with the answer.
    if (password !== 'wrong') server.session = before;
    await run.schedule.schedule(Promise.resolve(), 'sign-in answered');
    signingIn--;
    await onlyOn(run, page);
    if (password !== 'wrong') server.session = entered;
    answered = asked;
    return response;
  });

  server.always('/auth/logout', async (asked) => {
    const page = run.page();
    const kind = signOuts.shift() ?? 'well';
    run.note(`sign-out: ${kind}`);
    const response = kind === 'well' || kind === 'lost' ? await server.usual(asked) : undefined;
    if (kind === 'never') return never(asked);
    await later(run, `sign-out: ${kind}`, page);
    if (kind === '503') return status(503)(asked);
    return kind === 'well' && response !== undefined ? response : networkError(asked);
  });

  return strict;
};

import type { Clock } from '../../../src/platform/platform.ts';

const pageAddress = 'https://app.example/';

/** A request as it came in. */
export interface Asked {
  readonly url: URL;
  readonly path: string;
  /** True time, in ms: nobody sets this clock. */
  readonly at: number;
  readonly request: Request;
  /** The bearer token, where there is one. */
  readonly token: string | undefined;
}

export type Answer = (asked: Asked) => Response | Promise<Response>;

export interface ServerOptions {
  /** Life of an access token, in seconds; `undefined` leaves `expires_in` out. */
  readonly lifetimeS?: number | undefined;
  /** What an access token looks like: claims that can be read, none, or such as read like nonsense. */
  readonly form?: 'jwt' | 'opaque' | 'garbage';
  /** Whether token responses name the session (`sid`). */
  readonly namesSession?: boolean;
}

export interface Family {
  readonly user: string;
  readonly sid: string;
  seq: number;
  ended?: 'expired' | 'revoked' | 'reused';
}

/** A plain answer. */
export const status =
  (code: number, body: unknown = {}, headers: Record<string, string> = {}): Answer =>
  () =>
    typeof body === 'string' ? new Response(body, { status: code, headers }) : bodied(code, body, headers);

const bodied = (code: number, body: unknown, headers: Record<string, string>): Response =>
  code === 204 ? new Response(null, { status: code, headers }) : Response.json(body, { status: code, headers });

/** No answer, ever. */
export const never: Answer = () => new Promise<Response>(() => {});

/** The connection breaks before there is an answer. */
export const networkError: Answer = () => Promise.reject(new TypeError('Failed to fetch'));

/** A redirect, as a browser shows it to a request that does not follow any. */
export const opaqueRedirect: Answer = () =>
  Object.defineProperty(Response.error(), 'type', { value: 'opaqueredirect' });

/** An API that has its own opinion: 401 about the token, to everybody. */
export const refused = status(401, {}, { 'WWW-Authenticate': 'Bearer error="invalid_token"' });

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The request that `fetch` makes of its arguments. Node forgets the referrer of a `Request` that is made into another. */
const received = (input: RequestInfo | URL, init: RequestInit | undefined): Request => {
  if (!(input instanceof Request)) return new Request(new URL(String(input), pageAddress), init);
  return init === undefined ? input : new Request(input, init);
};

/**
 * One browser's view of one back end: an auth server with one cookie, and an API that wants its tokens. Every answer can be
 * scripted; what is not scripted is answered as an honest server would.
 */
export const createFakeServer = ({
  lifetimeS = 300,
  form = 'jwt',
  namesSession = true,
  ...rest
}: ServerOptions = {}) => {
  const hasLifetime = !('lifetimeS' in rest);
  const log: Asked[] = [];
  const scripts = new Map<string, Answer[]>();
  const rules = new Map<string, Answer>();
  const inFlight = new Map<string, number>();
  const peaks = new Map<string, number>();
  const tokens = new Map<string, { readonly user: string; readonly sid: string; diesAt: number }>();
  const secrets = new Set<string>();
  let clock: Clock | undefined;
  /** What the clock of the page that is open lags behind true time: each page counts from its own beginning. */
  let lagMs = 0;
  let ids = 0;
  let timers = 0;
  let minted = 0;
  let families = 0;

  const now = (): number => (clock?.now().monotonicAt ?? 0) + lagMs;

  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      timers++;
      clock?.setTimer(() => {
        timers--;
        resolve();
      }, ms);
    });

  const mint = (user: string, sid: string): string => {
    const id = `${form}-secret-${++minted}`;
    const iat = 2_000_000_000 + Math.floor(now() / 1000);
    const claims = { sub: user, name: `Name of ${user}`, iat, exp: iat + lifetimeS, jti: String(minted) };
    const payload = form === 'jwt' ? claims : { sub: 7, exp: 'soon', iat: Number.NaN, name: { first: [] } };
    const value = form === 'opaque' ? id : `${encoded({ typ: 'at+jwt' })}.${encoded(payload)}.${id}`;
    tokens.set(value, { user, sid, diesAt: now() + lifetimeS * 1000 });
    secrets.add(value).add(id);
    return value;
  };

  const tokenResponse = (family: Family): Response =>
    Response.json({
      access_token: mint(family.user, family.sid),
      token_type: 'Bearer',
      ...(hasLifetime && { expires_in: lifetimeS }),
      ...(namesSession && { sid: family.sid, seq: family.seq }),
      user: { id: family.user, name: `Name of ${family.user}` },
    });

  const server = {
    /** Whose cookie the browser has. */
    session: undefined as Family | undefined,
    log,
    secrets,
    /** From now on time passes by the clock of this page. */
    attach: (to: Clock): void => {
      lagMs = now() - to.now().monotonicAt;
      clock = to;
    },
    /** Ids that no two pages of one browser share. */
    uuid: (): string => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
    /** Answers the next requests to a path, one each, before anything else does. */
    next: (path: string, ...answers: Answer[]): void => {
      scripts.set(path, [...(scripts.get(path) ?? []), ...answers]);
    },
    /** Answers every request to a path that has no script. */
    always: (path: string, answer: Answer | undefined): void => {
      if (answer === undefined) rules.delete(path);
      else rules.set(path, answer);
    },
    /** What an honest server answers. */
    usual: (asked: Asked): Response | Promise<Response> => usual(asked),
    /** Acts at once, and lets the answer arrive `ms` later. */
    late:
      (ms: number, answer: Answer = usual): Answer =>
      async (asked) => {
        const response = await answer(asked);
        await sleep(ms);
        return response;
      },
    /** Acts at once, and lets the answer arrive when it is told to. */
    gate: (answer: Answer = usual) => {
      let open: () => void = () => {};
      const opened = new Promise<void>((resolve) => {
        open = resolve;
      });
      const gated: Answer = async (asked) => {
        const response = await answer(asked);
        await opened;
        return response;
      };
      return { answer: gated, open };
    },
    /** The browser gets the cookie of a new session, as by a sign-in somewhere else. */
    enter: (user: string): Family => {
      server.session = { user, sid: `sid-${++families}`, seq: 1 };
      return server.session;
    },
    /** A token response outside of any refresh. */
    tokensFor: (user: string): Response => tokenResponse(server.enter(user)),
    /** The API refuses all tokens of before. */
    revokeTokens: (): void => {
      for (const token of tokens.values()) token.diesAt = 0;
    },
    end: (reason: 'expired' | 'revoked' | 'reused'): void => {
      if (server.session !== undefined) server.session.ended = reason;
      server.revokeTokens();
    },
    ownerOf: (token: string | undefined): string | undefined => tokens.get(token ?? '')?.user,
    asked: (path: string): Asked[] => log.filter((asked) => asked.path === path),
    count: (path: string): number => server.asked(path).length,
    /** Requests to anything but the auth server. */
    calls: (): Asked[] => log.filter(({ path }) => !path.startsWith('/auth/')),
    /** The most requests to a path at one time. */
    peak: (path: string): number => peaks.get(path) ?? 0,
    forget: (): void => {
      log.length = 0;
      peaks.clear();
    },
    /** How many timers are the server's own. */
    timers: (): number => timers,
    fetch: async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
      // The development build asks so whether an API is up: that is no request of the app.
      if (init?.mode === 'no-cors') throw new TypeError('Failed to fetch');
      const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
      if (signal?.aborted) throw signal.reason;
      const request = received(input, init);
      const url = new URL(request.url);
      const token = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1];
      const path = url.origin === new URL(pageAddress).origin ? url.pathname : url.origin + url.pathname;
      const asked: Asked = { url, path, at: now(), request, token };
      log.push(asked);
      inFlight.set(path, (inFlight.get(path) ?? 0) + 1);
      peaks.set(path, Math.max(peaks.get(path) ?? 0, inFlight.get(path) ?? 0));
      try {
        return await Promise.race([
          (async () => (scripts.get(path)?.shift() ?? rules.get(path) ?? usual)(asked))(),
          new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
        ]);
      } finally {
        inFlight.set(path, (inFlight.get(path) ?? 1) - 1);
      }
    },
  };

  const signIn = async ({ request }: Asked): Promise<Response> => {
    const { user, password } = (await request.clone().json()) as { user: string; password: string };
    secrets.add(password);
    return password === 'pass-word'
      ? tokenResponse(server.enter(user))
      : Response.json({ error: 'invalid_credentials' }, { status: 401 });
  };

  const refresh = (): Response => {
    const { session } = server;
    if (session === undefined) return new Response(null, { status: 204 });
    if (session.ended !== undefined) {
      return Response.json({ error: 'invalid_grant', reason: session.ended }, { status: 401 });
    }
    session.seq++;
    return tokenResponse(session);
  };

  const signOut = async ({ request }: Asked): Promise<Response> => {
    const text = await request.clone().text();
    const sid = text === '' ? undefined : (JSON.parse(text) as { sid?: string }).sid;
    const { session } = server;
    if (session !== undefined && (sid === undefined || sid === session.sid)) {
      for (const token of tokens.values()) if (token.sid === session.sid) token.diesAt = 0;
      server.session = undefined;
    }
    return new Response(null, { status: 204 });
  };

  const api = ({ token, path }: Asked): Response => {
    const known = tokens.get(token ?? '');
    if (known !== undefined && known.diesAt > now()) return Response.json({ user: known.user, path });
    const challenge = token === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
    return Response.json({}, { status: 401, headers: { 'WWW-Authenticate': challenge } });
  };

  const usual: Answer = (asked) => {
    if (asked.path.startsWith('https://')) return Response.json({ foreign: true });
    if (asked.path === '/auth/login') return signIn(asked);
    if (asked.path === '/auth/refresh') return refresh();
    if (asked.path === '/auth/logout') return signOut(asked);
    return api(asked);
  };

  return server;
};

export type FakeServer = ReturnType<typeof createFakeServer>;

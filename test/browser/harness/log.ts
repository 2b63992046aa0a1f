import type { IncomingHttpHeaders } from 'node:http';

/** One request, as the server saw it. */
export interface Seen {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly at: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The bearer token. */
  readonly token: string | undefined;
  /** Who the token is about. */
  readonly user: string | undefined;
  /** The token was past its end when it came in. */
  readonly expired: boolean;
  readonly key: string | undefined;
  /** 0 as long as there is no answer. */
  status: number;
}

/** All requests of a server, in the order in which they came in. */
export interface Log {
  add(request: Pick<Seen, 'method' | 'path' | 'headers' | 'body'>): Seen;
  readonly all: readonly Seen[];
  of(path: string): readonly Seen[];
  /** Calls of the API. */
  api(): readonly Seen[];
  refreshes(): readonly Seen[];
}

export const createLog = (): Log => {
  const all: Seen[] = [];
  return {
    all,
    add: (request) => {
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
      const claims = token === undefined ? {} : payloadOf(token);
      const seen: Seen = {
        ...request,
        at: Date.now(),
        token,
        user: claims.sub,
        expired: claims.exp !== undefined && Date.now() >= claims.exp * 1000,
        key: one(request.headers['idempotency-key']),
        status: 0,
      };
      all.push(seen);
      return seen;
    },
    of: (path) => all.filter((seen) => seen.path === path),
    api: () => all.filter((seen) => seen.path.startsWith('/api/')),
    refreshes: () => all.filter((seen) => seen.path === '/auth/refresh'),
  };
};

const payloadOf = (token: string): { readonly sub?: string; readonly exp?: number } =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? 'e30', 'base64url').toString());

const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

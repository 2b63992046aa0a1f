import { bodyOf, cut, requestOf, send, urlOf } from '../../browser/harness/conversion.ts';
import type { Fault } from '../../browser/harness/faults.ts';
import { type Incoming, listen, type Outgoing } from '../../browser/harness/listener.ts';
import { cookieRoutes } from './cookie-routes.ts';
import { createFamilies, type Families, type Reuse } from './families.ts';
import { gotrueRoutes } from './gotrue-routes.ts';
import { oauthRoutes } from './oauth-routes.ts';

/** One origin with the page, an API, and an auth server of the kind that the page asks. */
export interface ComparedServer {
  readonly origin: string;
  readonly families: Families;
  /** The refresh requests that have arrived, and whether each has been answered. */
  readonly refreshes: readonly { answered: boolean; status?: number }[];
  /** What the next `times` refresh requests meet, or all until it is lifted. */
  meet(fault: Fault, times?: number): void;
  lift(): void;
  /** What every API call with the path `/api/late` waits for once it has been judged. */
  holdLate: () => Promise<unknown>;
  down(): Promise<void>;
}

export interface ServerOptions {
  readonly reuse: Reuse;
  readonly tls: boolean;
  /** The script of the page, and what it is told. */
  readonly script: string;
  readonly config: object;
}

export async function startServer({ reuse, tls, script, config }: ServerOptions): Promise<ComparedServer> {
  const issuer = () => `${server.origin}/`;
  const families = createFamilies(reuse, issuer);
  const kinds = [cookieRoutes(families), gotrueRoutes(families), oauthRoutes(families, issuer)];
  const refreshes: { answered: boolean; status?: number }[] = [];
  let plan: { readonly fault: Fault; times: number } | undefined;

  const page = (pathname: string): Response => {
    if (pathname === '/app.js') return new Response(script, { headers: { 'content-type': 'text/javascript' } });
    if (pathname === '/favicon.ico') return new Response(null, { status: 204 });
    const html = `<!doctype html><meta charset="utf-8"><title>app</title><div id="root"></div>
<script>window.config = ${JSON.stringify(config)}</script><script type="module" src="/app.js"></script>`;
    return new Response(html, { headers: { 'content-type': 'text/html' } });
  };

  const api = async (request: Request, pathname: string): Promise<Response> => {
    const token = request.headers.get('authorization')?.replace(/^Bearer /, '') ?? '';
    const isAccepted = families.accepts(token);
    if (pathname === '/api/late' && !isAccepted) await server.holdLate();
    if (isAccepted) return Response.json({ ok: true });
    return new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });
  };

  const faultOf = (): Fault => {
    if (plan === undefined || plan.times === 0) return {};
    plan.times--;
    return plan.fault;
  };

  const handle = async (incoming: Incoming, outgoing: Outgoing): Promise<void> => {
    const url = urlOf(incoming);
    const body = await bodyOf(incoming);
    const request = requestOf(incoming, body);
    // An answer that is lost must be lost to the page: Chromium sends a request again by itself if a used connection breaks.
    outgoing.setHeader('connection', 'close');
    if (url.pathname.startsWith('/api/')) return send(await api(request, url.pathname), outgoing);
    const form = new URLSearchParams(body.toString());
    const isRefresh =
      kinds.some((kind) => kind.refreshPath(url)) &&
      form.get('grant_type') !== 'authorization_code' &&
      incoming.method === 'POST';
    const seen: { answered: boolean; status?: number } = { answered: false };
    if (isRefresh) refreshes.push(seen);
    const fault = isRefresh ? faultOf() : {};
    await fault.before?.();
    let response = fault.answer?.();
    for (const kind of kinds) response ??= await kind.handle(request, url, form);
    response ??= page(url.pathname);
    await fault.after?.();
    Object.assign(seen, { answered: true, status: response.status });
    if (fault.drop === true) cut(incoming);
    else await send(response, outgoing);
  };

  const { port, down } = await listen(tls ? 'http/1.1' : false, handle);
  const server: ComparedServer = {
    origin: `${tls ? 'https' : 'http'}://localhost:${port}`,
    families,
    refreshes,
    meet: (fault, times = Number.POSITIVE_INFINITY) => {
      plan = { fault, times };
    },
    lift: () => {
      plan = undefined;
    },
    holdLate: async () => {},
    down,
  };
  return server;
}

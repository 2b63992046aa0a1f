import type { Page } from 'playwright';
import { type Change, listen, startProxy, startServer, type WrongServer } from './servers.ts';

/** Where a case takes place. */
interface Scene {
  /** What the browser opens. */
  readonly page: string;
  /** Arguments of the doctor, if the fault is the server's. */
  readonly doctor?: readonly string[];
  /** What the server has written to its console. */
  readonly log?: readonly string[];
  close(): void;
}

export interface Misconfiguration {
  readonly what: string;
  stage(): Promise<Scene>;
  /** What the app does. */
  act(page: Page, scene: Scene): Promise<unknown>;
  /** What the console of the browser says. */
  readonly says?: readonly RegExp[];
  /** What is in the body of an answer. */
  readonly answers?: RegExp;
  /** What the console of the server says. */
  readonly logs?: RegExp;
  /** What the doctor finds. */
  readonly finds?: string;
}

/** Options as a page can be given them. */
interface Options {
  readonly endpoints?: Partial<Record<'signIn' | 'refresh' | 'signOut', string>>;
}

const CREDENTIALS = { username: 'ann', password: 'right' };

const start = (page: Page, options: Options = {}) =>
  page.evaluate((given) => void window.lab.createAuthClient(given).start(), options);

const signIn = (page: Page, options: Options = {}) =>
  page.evaluate(
    async ([given, credentials]) => {
      const auth = window.lab.createAuthClient(given);
      auth.start();
      await auth.signIn(credentials).catch((error) => console.error(error.message));
    },
    [options, CREDENTIALS] as const,
  );

const signInAndReload = async (page: Page, options: Options = {}) => {
  await signIn(page, options);
  await page.reload();
  await start(page, options);
};

/** The page and the auth server are one. */
const onOneOrigin =
  (server?: WrongServer, more: readonly string[] = []): Misconfiguration['stage'] =>
  async () => {
    const { origin, port, log, close } = await startServer(server);
    return { page: origin, doctor: [`http://localhost:${port}`, ...more], log, close };
  };

const endpointsAt = (origin = ''): Options => ({
  endpoints: { signIn: `${origin}/auth/login`, refresh: `${origin}/auth/refresh`, signOut: `${origin}/auth/logout` },
});

/** The auth server has another origin than the page. */
const onTwoOrigins =
  (host: string, change: Change): Misconfiguration['stage'] =>
  async () => {
    const app = await startServer();
    const auth = await startServer({ host, change, options: { allowedOrigins: [app.origin] } });
    const close = () => {
      app.close();
      auth.close();
    };
    return { page: app.origin, doctor: [auth.origin, '--origin', app.origin], log: auth.log, close };
  };

const elsewhere = ({ doctor }: Scene) => endpointsAt(doctor?.[0]);

const answered =
  (change: (headers: Headers) => void): Change =>
  async (request, handle) => {
    const answer = await handle(request);
    const headers = new Headers(answer.headers);
    change(headers);
    return new Response(answer.body, { status: answer.status, headers });
  };

const cookies = (change: (cookie: string) => string) =>
  answered((headers) => {
    const all = headers.getSetCookie();
    headers.delete('Set-Cookie');
    for (const cookie of all) headers.append('Set-Cookie', change(cookie));
  });

/** A server of another framework: it does not look at where the page is. */
const withoutSites: Change = (request, handle) => {
  const headers = new Headers(request.headers);
  if (headers.has('Sec-Fetch-Site')) headers.set('Sec-Fetch-Site', 'same-site');
  const { method, body } = request;
  return handle(new Request(request.url, { method, headers, body, ...(body && { duplex: 'half' }) } as RequestInit));
};

const page: Change = async (request, handle) =>
  request.method === 'POST'
    ? new Response('<!doctype html><title>App</title>', { headers: { 'Content-Type': 'text/html' } })
    : handle(request);

/** CORS that lacks one thing. */
const cors = (what: string, change: (headers: Headers) => void, finds: string, blames: RegExp): Misconfiguration => ({
  what,
  stage: onTwoOrigins('localhost', answered(change)),
  act: (page, scene) => signIn(page, elsewhere(scene)),
  says: [/^\[silent-refresh\] http:\/\/localhost:\d+ is up, but this page gets no answers from it.*CORS/, blames],
  finds,
});

const notAllowing = (name: string) =>
  cors(
    `preflights that do not allow ${name}`,
    (headers) => {
      const allowed = headers.get('Access-Control-Allow-Headers')?.split(', ') ?? [];
      if (allowed.length > 0)
        headers.set('Access-Control-Allow-Headers', allowed.filter((it) => it !== name).join(', '));
    },
    `error cors-allow-${name.toLowerCase()}`,
    new RegExp(`blocked by CORS policy: Request header field ${name} is not allowed`, 'i'),
  );

export const misconfigurations: readonly Misconfiguration[] = [
  {
    what: 'a refresh cookie with the Path of the sign-in',
    stage: onOneOrigin({ change: cookies((it) => it.replace('Path=/', 'Path=/auth/login')) }),
    act: (page) => signInAndReload(page),
    says: [/^\[silent-refresh\] The first refresh after the sign-in was answered with 204.*`Path` that does not cover/],
    finds: 'error cookie-path',
  },
  {
    what: 'a Secure cookie over plain http',
    stage: onOneOrigin({ host: 'app.demo.test', options: { cookie: { profile: 'host' } } }),
    act: (page) => signInAndReload(page),
    says: [/^\[silent-refresh\] The first refresh after the sign-in .*`Secure` on plain http/],
    finds: 'warning cookie-secure',
  },
  {
    what: 'a SameSite cookie for a page of another site',
    stage: onTwoOrigins('127.0.0.1', withoutSites),
    act: (page, scene) => signInAndReload(page, elsewhere(scene)),
    says: [/^\[silent-refresh\] The first refresh after the sign-in .*another site \(`SameSite`\)/],
    finds: 'error cookie-same-site',
  },
  {
    what: 'a page of another site than the authority',
    stage: onTwoOrigins('127.0.0.1', (request, handle) => handle(request)),
    act: (page, scene) => signIn(page, elsewhere(scene)),
    says: [/^\[silent-refresh\] .*this page and that server are two sites/],
    logs: /The page is of another site than the authority/,
    finds: 'error own-requests',
  },
  cors(
    'CORS without credentials',
    (headers) => headers.delete('Access-Control-Allow-Credentials'),
    'error cors-allow-credentials',
    /blocked by CORS policy: .*'Access-Control-Allow-Credentials' header/,
  ),
  cors(
    'answers without Access-Control-Allow-Origin',
    (headers) => headers.delete('Access-Control-Allow-Origin'),
    'error cors-allow-origin',
    /blocked by CORS policy: .*No 'Access-Control-Allow-Origin' header/,
  ),
  notAllowing('X-Auth-Client'),
  notAllowing('Idempotency-Key'),
  notAllowing('Content-Type'),
  {
    what: 'an API of another origin that does not allow Authorization',
    stage: async () => {
      const app = await startServer();
      const api = await listen((_request, response) => {
        response.setHeader('Access-Control-Allow-Origin', app.origin).end('{}');
      });
      const close = () => {
        app.close();
        api.close();
      };
      return { page: app.origin, log: [api.origin], close };
    },
    act: (page, { log = [] }) =>
      page.evaluate(
        async ([api = '', credentials]) => {
          const auth = window.lab.createAuthClient({ allowedOrigins: [api] });
          auth.start();
          await auth.signIn(credentials);
          await auth.authFetch(`${api}/orders`).catch(() => undefined);
        },
        [log[0], CREDENTIALS] as const,
      ),
    says: [/^\[silent-refresh\] http:\/\/localhost:\d+ is up, but .*`Access-Control-Allow-Headers: authorization`/],
  },
  {
    what: 'a wrong address of the refresh endpoint',
    stage: onOneOrigin({}, ['--refresh', '/api/auth/refresh']),
    act: (page) => start(page, { endpoints: { refresh: '/api/auth/refresh' } }),
    says: [/^\[silent-refresh\] The refresh endpoint answers 404.*is `endpoints\.refresh` right\?/],
    finds: 'error endpoint-refresh',
  },
  {
    what: 'a wrong address of the sign-in endpoint',
    stage: onOneOrigin({}, ['--sign-in', '/api/auth/login']),
    act: (page) => signIn(page, { endpoints: { signIn: '/api/auth/login' } }),
    says: [/sign-in endpoint answered 404.*is `endpoints\.signIn` right\?/],
    finds: 'error endpoint-sign-in',
  },
  {
    what: 'a page of HTML in place of every answer',
    stage: onOneOrigin({ change: page }),
    act: (page) => signIn(page),
    says: [
      /^\[silent-refresh\] The refresh endpoint answers with something that is no token response.*HTML/,
      /sign-in endpoint answered 200 with a page of HTML/,
    ],
    finds: 'error endpoint-refresh',
  },
  {
    what: 'a proxy that rewrites Host',
    stage: async () => {
      const server = await startServer();
      const proxy = await startProxy(server.port);
      const close = () => {
        proxy.close();
        server.close();
      };
      return { page: proxy.origin, doctor: [proxy.origin], log: server.log, close };
    },
    act: (page) => start(page),
    says: [/^\[silent-refresh\] The refresh endpoint answers 403.*a proxy changes the Host header/],
    answers: /If a proxy changes the Host header or ends TLS, set `origin`/,
    logs: /refused at refresh \(origin\).*If a proxy changes the Host header/,
    finds: 'error own-requests',
  },
  {
    what: 'a memory store in each of two processes',
    stage: async () => {
      let count = 0;
      const server = await startServer({
        change: (request, handle) => {
          count += request.method === 'POST' ? 1 : 0;
          return (count % 2 === 0 ? handle : other.handle)(request);
        },
      });
      const other = server.create();
      return { page: server.origin, doctor: [server.origin], log: server.log, close: server.close };
    },
    act: (page) => signInAndReload(page),
    says: [/^\[silent-refresh\] The first refresh .* 401.*several processes, each with a memory store/],
    logs: /the store does not have its session.*with the memory store/,
    finds: 'error refresh',
  },
  {
    what: 'a body that another middleware has read before',
    stage: onOneOrigin({
      before: (request, _response, next) => void request.resume().once('end', next),
    }),
    act: (page) => signIn(page),
    answers: /Another middleware has read the body .*mount authRoutes\(\) before it/,
    finds: 'error endpoint-sign-in',
  },
  {
    what: 'a client that is created in render',
    stage: onOneOrigin(),
    act: (page) => page.evaluate(() => window.lab.renderClientInRender()),
    says: [/^\[silent-refresh\] Two clients .*a component creates its client while it renders/],
  },
  {
    what: 'a hook without a provider',
    stage: onOneOrigin(),
    act: (page) => page.evaluate(() => window.lab.renderWithoutProvider()),
    says: [/There is no <AuthProvider> above this component/],
  },
  {
    what: 'a client that is not started',
    stage: onOneOrigin(),
    act: (page) => page.evaluate(() => void window.lab.createAuthClient().authFetch('/api/me')),
    says: [/^\[silent-refresh\] A call has waited for a second because the client was not started/],
  },
  {
    what: 'a call to an origin that is not allowed',
    stage: onOneOrigin(),
    act: (page) =>
      page.evaluate(async (credentials) => {
        const auth = window.lab.createAuthClient();
        auth.start();
        await auth.signIn(credentials);
        await auth.authFetch('http://127.0.0.1:9/orders').catch(() => undefined);
      }, CREDENTIALS),
    says: [/^\[silent-refresh\] A call to http:\/\/127\.0\.0\.1:9 was sent without a token/],
  },
  {
    what: 'two clients for one session',
    stage: onOneOrigin(),
    act: async (page) => {
      await start(page);
      await start(page);
    },
    says: [/^\[silent-refresh\] Two clients for the same refresh endpoint/],
  },
];

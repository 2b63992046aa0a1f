import {
  AUTH_CLIENT_HEADER,
  type Authority,
  type AuthorityEvent,
  type AuthorityOptions,
  createAuthority,
  generateSigningKeys,
} from '../../../src/server/index.ts';

export const ORIGIN = 'https://app.example';
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const DAY = 24 * 60 * MINUTE;

export interface User {
  id: string;
  name: string;
}

export interface TokenBody {
  access_token: string;
  token_type: string;
  expires_in: number;
  sid: string;
  seq: number;
  user?: { name: string };
}

/** An authority with a clock in hand, its events collected, and the two users `ann` and `bob` (password `right`). */
export interface Fixture {
  authority: Authority;
  clock: { now: number };
  events: AuthorityEvent[];
  browser(): Browser;
}

interface Browser {
  jar: Map<string, string>;
  post(path: string, init?: { body?: BodyInit; headers?: Record<string, string> }): Promise<Response>;
  signIn(id?: string): Promise<TokenBody>;
  refresh(key?: string): Promise<Response>;
  signOut(sid?: string): Promise<Response>;
  /** Another browser with a copy of this one's cookies. */
  copy(): Browser;
}

const sharedKeys = await generateSigningKeys();

export function createFixture(options: Partial<AuthorityOptions<User>> = {}, origin: string = ORIGIN): Fixture {
  const clock = { now: Date.UTC(2030, 0, 1) + 250 };
  const events: AuthorityEvent[] = [];
  const authority = createAuthority<User>({
    issuer: 'https://auth.example',
    audience: 'https://api.example',
    keys: sharedKeys,
    refreshSecret: new Uint8Array(32).fill(7),
    verifyCredentials(credentials) {
      const { id, password } = credentials as { id: string; password: string };
      return password === 'right'
        ? { id, name: id.toUpperCase() }
        : Response.json({ error: 'invalid_credentials' }, { status: 401 });
    },
    userId: (user) => user.id,
    now: () => clock.now,
    onEvent: (event) => void events.push(event),
    ...options,
  });
  return { authority, clock, events, browser: () => createBrowser(authority, origin, new Map()) };
}

function createBrowser(authority: Authority, origin: string, jar: Map<string, string>): Browser {
  async function post(
    path: string,
    { body, headers = {} }: { body?: BodyInit; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const sent = new Headers({
      Origin: origin,
      [AUTH_CLIENT_HEADER]: '1',
      'Sec-Fetch-Site': 'same-origin',
      ...headers,
    });
    if (jar.size > 0 && !sent.has('Cookie')) sent.set('Cookie', [...jar].map((pair) => pair.join('=')).join('; '));
    const request = new Request(`${origin}${path}`, { method: 'POST', headers: sent, body: body ?? null });
    const response = await authority.handle(request);
    for (const cookie of response.headers.getSetCookie()) store(jar, cookie);
    return response;
  }

  return {
    jar,
    post,
    async signIn(id = 'ann') {
      const body = JSON.stringify({ id, password: 'right' });
      const response = await post('/auth/login', { body, headers: { 'Content-Type': 'application/json' } });
      if (!response.ok) throw new Error(`sign-in answered ${response.status}`);
      return response.json();
    },
    refresh: (key) => post('/auth/refresh', { headers: key === undefined ? {} : { 'Idempotency-Key': key } }),
    signOut: (sid) => post('/auth/logout', sid === undefined ? {} : { body: JSON.stringify({ sid }) }),
    copy: () => createBrowser(authority, origin, new Map(jar)),
  };
}

function store(jar: Map<string, string>, cookie: string): void {
  const [pair = ''] = cookie.split(';');
  const name = pair.slice(0, pair.indexOf('='));
  if (/; Max-Age=0(;|$)/.test(cookie)) jar.delete(name);
  else jar.set(name, pair.slice(name.length + 1));
}

export async function tokens(response: Response): Promise<TokenBody> {
  if (response.status !== 200) throw new Error(`expected tokens, got ${response.status}: ${await response.text()}`);
  return response.json();
}

export function apiCall(token: string, url: string = `${ORIGIN}/api`): Request {
  return new Request(url, { headers: { Authorization: `Bearer ${token}` } });
}

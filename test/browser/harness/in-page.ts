import * as SilentRefresh from '../../../src/index.ts';

/** The opt-ins are not plain data: what pages can hold, and replay, is always there, and `relogin` says what is usual. */
export type PageOptions = Omit<SilentRefresh.AuthClientOptions, 'relogin' | 'streams' | 'csrf'> & {
  readonly relogin?: 'hold' | 'reject';
};

/** How a call ended, in a form that leaves the page. */
export interface Outcome {
  readonly status?: number;
  readonly body?: unknown;
  /** The name of the error. */
  readonly error?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly retryAt?: number;
  readonly tookMs: number;
}

declare global {
  interface Window {
    SilentRefresh: typeof SilentRefresh;
    /** The client of the page. */
    auth: SilentRefresh.AuthClient;
    /** What the client has told, in order: `left ann`, `shown authenticated ann`, `event refreshed`. */
    told: string[];
    /** Every session and event that the client has told, and every error that a call ended with, as they are. */
    heard: unknown[];
    /** Creates the client of the page and starts it. */
    begin(options?: PageOptions): void;
    outcomeOf(call: () => Promise<Response>): Promise<Outcome>;
  }
}

const nameIn = (claims: SilentRefresh.DefaultClaims | undefined): string =>
  (claims?.user as { readonly name?: string } | undefined)?.name ?? '';

window.SilentRefresh = SilentRefresh;
window.told = [];
window.heard = [];

window.begin = (options) => {
  const relogin = SilentRefresh.holdCalls({ byDefault: options?.relogin === 'hold' });
  const auth = SilentRefresh.createAuthClient({ ...options, relogin, streams: SilentRefresh.replayStreams() });
  window.auth = auth;
  const show = (session: SilentRefresh.Session<SilentRefresh.DefaultClaims>) => {
    const user = document.getElementById('user');
    if (user !== null) user.textContent = nameIn(session.claims);
  };
  auth.onUserLeft((claims) => window.told.push(`left ${nameIn(claims)}`));
  auth.subscribe((session) => {
    window.heard.push(session);
    const words = ['shown', session.status, nameIn(session.claims), 'reason' in session ? session.reason : ''];
    window.told.push(words.filter((word) => word !== '').join(' '));
    show(session);
  });
  auth.onEvent((event) => {
    window.heard.push(event);
    window.told.push(`event ${event.type}`);
  });
  auth.start();
};

window.outcomeOf = async (call) => {
  const since = performance.now();
  const took = () => Math.round(performance.now() - since);
  try {
    const response = await call();
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, body: isJson ? JSON.parse(text) : text, tookMs: took() };
  } catch (error) {
    window.heard.push(error);
    const { name, code, reason, retryAt } = error as {
      readonly name: string;
      readonly code?: string;
      readonly reason?: string;
      readonly retryAt?: number;
    };
    return {
      error: name,
      tookMs: took(),
      ...(typeof code === 'string' && { code }),
      ...(reason !== undefined && { reason }),
      ...(retryAt !== undefined && { retryAt }),
    };
  }
};

/** What the client asks of the world, one small interface each; nothing else in the package names an ambient effect. */
export interface Platform {
  readonly clock: Clock;
  readonly page: Page;
  readonly storage: Storage;
  /** Locks among the pages of the origin; `undefined` where there are none. */
  readonly locks: Locks | undefined;
  /** Joins a channel among the pages of the origin; `undefined` where there is none. */
  joinChannel(name: string, listener: (message: unknown) => void): Channel | undefined;
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  /** A number from 0 to 1, for jitter alone. */
  random(): number;
  /** An unguessable id of at least 122 random bits. */
  uuid(): string;
  /** An error that nobody can catch: a listener's. */
  report(error: unknown): void;
}

/** Two clocks and one kind of timer, all in ms. */
export interface Clock {
  now(): { readonly wallAt: number; readonly monotonicAt: number };
  /** Calls back once, `delayMs` (at most 2^31 − 1) later; returns what prevents it. */
  setTimer(callback: () => void, delayMs: number): () => void;
}

/**
 * What the page goes through. It is `restored` after it was `left`, `resumed` after it was `frozen`; `stored`: another page
 * has changed what is kept for the origin.
 */
export type PageEvent =
  | 'visible'
  | 'hidden'
  | 'online'
  | 'left'
  | 'restored'
  | 'frozen'
  | 'resumed'
  | 'activated'
  | 'stored';

/** The page that the client lives in. */
export interface Page {
  /** The address against which relative ones are resolved; `undefined` where there is no page. */
  address(): string | undefined;
  /** Its own origin. Not that of `address`, which a `<base>` element moves elsewhere. */
  origin(): string | undefined;
  isVisible(): boolean;
  /** Rendered ahead of being looked at: nothing is to be asked yet. */
  isPrerendering(): boolean;
  /** Shown inside a page of another origin, where a browser may keep cookies back. */
  isForeignFrame(): boolean;
  /** A cookie that script may read (for CSRF tokens). */
  cookie(name: string): string | undefined;
  /** Tells what the page goes through, until undone. */
  watch(listener: (event: PageEvent) => void): () => void;
}

/** Small texts kept for the origin. Never throws; where nothing can be kept, nothing is found. */
export interface Storage {
  read(key: string): string | undefined;
  /** `undefined` takes it away. */
  write(key: string, value: string | undefined): void;
}

/** Exclusive locks with names, among all pages of the origin (Web Locks). */
export interface Locks {
  /**
   * Runs `held` with the lock, which lasts until its promise settles: when nobody else has it (`wait` is a signal that ends the
   * waiting), or at once or never (`wait` is `'never'`; then `held` runs with `false`). Rejects when the waiting has ended,
   * and where the browser has taken the lock away; `held` runs on then.
   */
  request(name: string, wait: AbortSignal | 'never', held: (isGranted: boolean) => Promise<void>): Promise<void>;
}

/** One page's end of a channel; a page does not hear itself. */
export interface Channel {
  /** Throws for what cannot be cloned. */
  post(message: unknown): void;
  close(): void;
}

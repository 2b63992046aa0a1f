/** What the client asks of the world, one small interface each; nothing else in the package names an ambient effect. */
export interface Platform {
  readonly clock: Clock;
  readonly page: Page;
  readonly storage: Storage;
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

/** What the page goes through. */
export type PageEvent = 'visible' | 'hidden' | 'online' | 'restored' | 'resumed' | 'activated';

/** The page that the client lives in. */
export interface Page {
  /** The address against which relative ones are resolved; `undefined` where there is no page. */
  address(): string | undefined;
  /** Its own origin. Not that of `address`, which a `<base>` element moves elsewhere. */
  origin(): string | undefined;
  isVisible(): boolean;
  /** Rendered ahead of being looked at: nothing is to be asked yet. */
  isPrerendering(): boolean;
  /** A cookie that script may read (for CSRF tokens). */
  cookie(name: string): string | undefined;
  /** Tells what the page goes through, until undone. */
  watch(listener: (event: PageEvent) => void): () => void;
}

/** Small texts kept for the origin. Never throws; where nothing can be kept, nothing is found. */
export interface Storage {
  read(key: string): string | undefined;
  write(key: string, value: string): void;
}

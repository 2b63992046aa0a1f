import type { Profile } from '../profile.ts';

/** A browser that is running. */
export interface Engine {
  /** A fresh profile. */
  profile(): Promise<Profile>;
  /** Ends the browser, and every process of it. */
  close(): Promise<void>;
}

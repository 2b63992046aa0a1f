import { vi } from 'vitest';

/** Waits until `check` no longer throws; for as long as a busy machine may take. */
export const eventually = <T>(check: () => T | Promise<T>, options: { readonly timeout?: number } = {}): Promise<T> =>
  vi.waitFor(check, { timeout: 45_000, interval: 50, ...options });

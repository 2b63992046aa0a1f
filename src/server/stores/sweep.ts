import type { AuthorityEvent } from '../events.ts';
import type { Settings } from '../settings.ts';
import type { Sessions } from './sessions.ts';

/**
 * Makes what removes expired sessions from the store: in the background, so that nobody waits for it, and one at a time, so
 * that a slow store is not asked again and again. A failure is an event.
 */
export function createSweep(sessions: Sessions, settings: Settings, emit: (event: AuthorityEvent) => void): () => void {
  let isUnderWay = false;

  async function sweep(): Promise<void> {
    isUnderWay = true;
    try {
      await sessions.removeExpired(settings.now());
    } catch (error) {
      emit({ type: 'failed', at: settings.failedAt(), endpoint: 'sweep', error });
    } finally {
      isUnderWay = false;
    }
  }

  return () => {
    if (!isUnderWay) void sweep();
  };
}

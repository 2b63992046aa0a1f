import type { Page, PageEvent } from './platform/platform.ts';
import type { SessionEvent } from './session/event.ts';
import type { RecordKeeper, SessionRecord } from './tabs/record.ts';

export interface LifecycleParts {
  readonly page: Page;
  readonly record: RecordKeeper;
  /** The epoch that this page lives in, by the record's name for it; `undefined` before it has met a record. */
  epoch(): string | undefined;
  adopt(record: SessionRecord | undefined): void;
  dispatch(
    event: Extract<
      SessionEvent<never>,
      { type: 'started' | 'stopped' | 'visibility' | 'online' | 'woken' | 'restored' | 'epoch-differs' }
    >,
  ): void;
  /** Finishes a sign-out that the record still shows; says whether the server has confirmed it. */
  finishSignOut(): Promise<boolean>;
}

/**
 * When the client listens and works: from the first `start()` to the last undoing, which takes effect at the end of the
 * task, so that a stop followed by a start (React's StrictMode) changes nothing.
 */
export const createLifecycle = ({ page, record, epoch, adopt, dispatch, finishSignOut }: LifecycleParts) => {
  let holders = 0;
  let unwatch: (() => void) | undefined;

  /** Compares the record with what this page believes, before anything of this page's user is used or shown. */
  const compare = (mustExist: boolean) => {
    const found = record.read();
    if (epoch() === undefined || found?.epoch === epoch() || (found === undefined && !mustExist)) return;
    adopt(found);
    dispatch({ type: 'epoch-differs', signedOut: found !== undefined && found.expiresAt === undefined });
  };

  const open = async () => {
    compare(false);
    const found = record.read();
    adopt(found);
    const signedOut = found?.signOut !== undefined && !(await finishSignOut());
    if (unwatch === undefined) return;
    dispatch({ type: 'started', remembered: found?.expiresAt !== undefined, signedOut, visible: page.isVisible() });
  };

  const hear = (event: PageEvent) => {
    if (event === 'activated') return void open();
    if (event !== 'hidden') compare(event === 'restored');
    if (event === 'visible' || event === 'hidden') dispatch({ type: 'visibility', visible: event === 'visible' });
    else dispatch({ type: event === 'resumed' ? 'woken' : event });
    if (event !== 'hidden' && record.read()?.signOut !== undefined) void finishSignOut();
  };

  const start = (): (() => void) => {
    holders++;
    if (unwatch === undefined) {
      unwatch = page.watch(hear);
      if (!page.isPrerendering()) void open();
    }
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      holders--;
      void Promise.resolve().then(() => {
        if (holders > 0 || unwatch === undefined) return;
        unwatch();
        unwatch = undefined;
        dispatch({ type: 'stopped' });
      });
    };
  };
  return { start, compare: () => compare(false), isStarted: () => holders > 0 };
};

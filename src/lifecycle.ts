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
  readonly signOut: {
    isPending(): boolean;
    /** Says whether the server has confirmed it. */
    finish(): Promise<boolean>;
    rest(): void;
  };
}

/**
 * When the client listens and works: from the first `start()` to the last undoing, which takes effect once the code that
 * runs now is done, so that a stop followed by a start (React's StrictMode) changes nothing.
 */
export const createLifecycle = ({ page, record, epoch, adopt, dispatch, signOut }: LifecycleParts) => {
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
    const signedOut = signOut.isPending() && !(await signOut.finish()) && signOut.isPending();
    if (unwatch === undefined) return;
    dispatch({ type: 'started', remembered: found?.expiresAt !== undefined, signedOut, visible: page.isVisible() });
  };

  const hear = (event: PageEvent) => {
    if (event === 'activated') return void open();
    if (event !== 'hidden') compare(event === 'restored');
    if (event === 'visible' || event === 'hidden') dispatch({ type: 'visibility', visible: event === 'visible' });
    else dispatch({ type: event === 'resumed' ? 'woken' : event });
    if (event !== 'hidden' && signOut.isPending()) void signOut.finish();
  };

  const start = (): (() => void) => {
    holders++;
    if (unwatch === undefined && page.address() !== undefined) {
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
        signOut.rest();
        dispatch({ type: 'stopped' });
      });
    };
  };
  return { start, compare: () => compare(false), isStarted: () => holders > 0 };
};

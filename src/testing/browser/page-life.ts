import type { PageEvent } from '../../platform/platform.ts';

/** Whether a page runs, and what waits until it does. */
export interface PageLife {
  /** Runs something in the page: now, or once it runs again. Never, where it is gone. */
  run(work: () => void): void;
  /** Tells the page what it goes through. */
  happen(event: PageEvent, key?: string): void;
  state(): 'live' | 'frozen' | 'left' | 'gone';
  /** Nothing runs in it until it is resumed. Only a page that runs can be frozen, or left. */
  freeze(): void;
  resume(): void;
  /** Its user goes on to another page, and `last` runs: the page is kept in the back/forward cache. */
  leave(last?: () => void): void;
  /** Its user comes back to it, unless it is gone. */
  back(): void;
  /** It is gone for good. */
  end(): void;
}

/** `tell` tells the page's listeners; `inTask` runs something in a task of its own. */
export function createPageLife(
  tell: (event: PageEvent, key?: string) => void,
  inTask: (work: () => void) => void,
): PageLife {
  let state: ReturnType<PageLife['state']> = 'live';
  let waiting: (() => void)[] = [];

  const run = (work: () => void) => {
    if (state === 'live') work();
    if (state === 'frozen' || state === 'left') waiting.push(work);
  };
  const happen = (event: PageEvent, key?: string) => run(() => tell(event, key));
  const wake = (event: PageEvent) => {
    state = 'live';
    tell(event);
    const late = waiting;
    waiting = [];
    // Each in a task of its own, as in a browser.
    for (const work of late) inTask(() => run(work));
  };

  return {
    run,
    happen,
    state: () => state,
    freeze: () => {
      if (state !== 'live') return;
      happen('frozen');
      state = 'frozen';
    },
    resume: () => {
      if (state === 'frozen') wake('resumed');
    },
    leave: (last = () => {}) => {
      if (state !== 'live') return;
      happen('left');
      happen('hidden');
      last();
      state = 'left';
    },
    back: () => {
      if (state === 'left') wake('restored');
    },
    end: () => {
      state = 'gone';
    },
  };
}

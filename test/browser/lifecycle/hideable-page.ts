import type { DrivenPage } from '../harness/driven-page.ts';
import { eventually } from '../harness/eventually.ts';
import type { Target } from './target.ts';

/** A page as the browser itself treats it: it is hidden behind another tab, and may be frozen then. */
export interface HideablePage extends DrivenPage {
  hide(): Promise<void>;
  show(): Promise<void>;
  /** Stops all scripts and timers of the page; it has to be hidden. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
}

/** What the window can do for one of its tabs. */
export interface InWindow {
  /** Puts another tab in front. */
  cover(): Promise<unknown>;
  activate(): Promise<unknown>;
  close(): Promise<unknown>;
}

interface Evaluated {
  readonly result?: { readonly value?: unknown };
  readonly exceptionDetails?: { readonly exception?: { readonly description?: string } };
}

export const hideablePage = async (target: Target, { cover, activate, close }: InWindow): Promise<HideablePage> => {
  let loaded = () => {};
  target.on('Page.loadEventFired', () => loaded());
  await target.send('Page.enable');

  const load = async (method: string, params?: object) => {
    const loading = new Promise<void>((resolve) => {
      loaded = resolve;
    });
    await target.send(method, params);
    await loading;
  };
  const evaluate = async (run: (arg: never) => unknown, arg?: unknown) => {
    const expression = `(${run})(${JSON.stringify(arg) ?? ''})`;
    const params = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = (await target.send('Runtime.evaluate', params)) as Evaluated;
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? 'It threw.');
    return result?.value;
  };
  const becomes = (state: DocumentVisibilityState) =>
    eventually(async () => {
      if ((await evaluate(() => document.visibilityState)) !== state) throw new Error(`The page is not ${state} yet.`);
    });
  return {
    evaluate: evaluate as DrivenPage['evaluate'],
    goto: (url) => load('Page.navigate', { url }),
    reload: () => load('Page.reload'),
    close: async () => void (await close()),
    hide: async () => {
      await cover();
      await becomes('hidden');
    },
    show: async () => {
      await activate();
      await becomes('visible');
    },
    freeze: async () => void (await target.send('Page.setWebLifecycleState', { state: 'frozen' })),
    thaw: async () => void (await target.send('Page.setWebLifecycleState', { state: 'active' })),
  };
};

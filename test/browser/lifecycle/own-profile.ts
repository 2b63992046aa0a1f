import type { CDPSession } from 'playwright';
import { eventually } from '../harness/eventually.ts';
import type { Spying } from '../harness/leaks.ts';
import type { Profile } from '../harness/profile.ts';
import { type HideablePage, hideablePage } from './hideable-page.ts';
import { attach, type Target } from './target.ts';

/** A profile of which Playwright knows nothing: one window with tabs in it, of which one is visible. */
export interface OwnProfile extends Profile<HideablePage> {
  /** Opens a tab that nothing is attached to, since a page that is debugged prerenders nothing. */
  openAlone(address: string): Promise<void>;
}

interface Said {
  readonly args: readonly { readonly value?: unknown; readonly description?: string }[];
}
interface Thrown {
  readonly exceptionDetails: { readonly text: string; readonly exception?: { readonly description?: string } };
}

/** Notes what a page says, and what nobody catches in it. */
const listen = async (target: Target, said: string[], uncaught: string[]) => {
  target.on('Runtime.consoleAPICalled', ({ args }: Said) => {
    said.push(args.map(({ value, description }) => String(value ?? description)).join(' '));
  });
  target.on('Runtime.exceptionThrown', ({ exceptionDetails: { text, exception } }: Thrown) => {
    uncaught.push(`${text} ${exception?.description}`);
  });
  await target.send('Runtime.enable');
};

export const createOwnProfile = async (devtools: CDPSession): Promise<OwnProfile> => {
  const { browserContextId } = await devtools.send('Target.createBrowserContext');
  const said: string[] = [];
  const uncaught: string[] = [];
  const spying: Spying = { said, uncaught };
  const pages: HideablePage[] = [];
  let hasWindow = false;
  const create = async (url: string) => {
    const { targetId } = await devtools.send('Target.createTarget', { url, browserContextId, newWindow: !hasWindow });
    hasWindow = true;
    return targetId;
  };
  return {
    spying,
    pages: () => pages,
    open: async () => {
      const targetId = await create('about:blank');
      const target = await attach(devtools, targetId);
      await listen(target, said, uncaught);
      const page = await hideablePage(target, {
        cover: () => create('about:blank'),
        activate: () => devtools.send('Target.activateTarget', { targetId }),
        close: () => devtools.send('Target.closeTarget', { targetId }),
      });
      pages.push(page);
      return page;
    },
    openAlone: async (address) => {
      const targetId = await create(address);
      // Playwright looks at each new tab, and lets go of one that is none of its own.
      await eventually(async () => {
        const { targetInfo } = await devtools.send('Target.getTargetInfo', { targetId });
        if (targetInfo.attached) throw new Error('Something is attached to the tab.');
      });
    },
    cookies: async () => (await devtools.send('Storage.getCookies', { browserContextId })).cookies,
    close: async () => void (await devtools.send('Target.disposeBrowserContext', { browserContextId })),
  };
};

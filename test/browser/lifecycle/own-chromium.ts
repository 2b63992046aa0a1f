import { chromium } from 'playwright';
import { findChromium } from '../../../scripts/ensure-browser.mjs';
import { createOwnProfile, type OwnProfile } from './own-profile.ts';

/** A Chromium that can be put to sleep, and that nobody tells that its pages are visible. */
export interface OwnChromium {
  profile(): Promise<OwnProfile>;
  /** Stops all processes of the browser for as long as `meanwhile` takes, as on a machine that sleeps. */
  sleep<Result>(meanwhile: () => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** What Playwright switches off, and users have. */
const asUsersHaveIt = [
  '--disable-back-forward-cache',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--disable-background-timer-throttling',
];

export const launchOwn = async (): Promise<OwnChromium> => {
  const executablePath = await findChromium();
  if (executablePath === undefined) throw new Error('No Chromium: run `node scripts/ensure-browser.mjs`.');
  const server = await chromium.launchServer({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
    ignoreDefaultArgs: asUsersHaveIt,
  });
  const close = () => server.close();
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => {
    const { pid } = server.process();
    // Its process group: renderers and network service sleep, too.
    if (pid !== undefined) process.kill(-pid, name);
  };
  try {
    const browser = await chromium.connect(server.wsEndpoint());
    const devtools = await browser.newBrowserCDPSession();
    return {
      profile: () => createOwnProfile(devtools),
      sleep: async (meanwhile) => {
        signal('SIGSTOP');
        try {
          return await meanwhile();
        } finally {
          signal('SIGCONT');
        }
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};

import { type Browser, firefox } from 'playwright';
import { findFirefox } from '../../../../scripts/ensure-browser.mjs';
import { launch } from '../browser.ts';
import { profileOf } from '../profile.ts';
import type { Engine } from './engine.ts';
import { leashPath } from './leash.ts';
import { openLifeline } from './lifeline.ts';

export const launchChromium = async (): Promise<Engine> => engineOf(await launch());

/**
 * Firefox as users have it: the channel makes Playwright speak to it by WebDriver BiDi, and not to a build of its own. On a
 * leash, since unlike Chromium it outlives whoever drives it.
 */
export const launchFirefox = async (): Promise<Engine> => {
  const found = await findFirefox();
  if (found === undefined) throw new Error('No Firefox: run `node scripts/ensure-browser.mjs`.');
  const options = { channel: 'moz-firefox', timeout: 60_000 };
  if (process.platform === 'win32') return engineOf(await firefox.launch({ ...options, executablePath: found }));
  const lifeline = await openLifeline();
  try {
    const env = { ...process.env, LEASHED: found, LIFELINE: lifeline.path };
    return engineOf(await firefox.launch({ ...options, executablePath: leashPath, env }), lifeline.close);
  } catch (error) {
    await lifeline.close();
    throw error;
  }
};

const engineOf = (browser: Browser, closed = async () => {}): Engine => ({
  profile: async () => {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    // Many tests run at the same time, and a busy machine takes long to load a page.
    context.setDefaultTimeout(60_000);
    return profileOf(context);
  },
  close: async () => {
    await browser.close();
    await closed();
  },
});

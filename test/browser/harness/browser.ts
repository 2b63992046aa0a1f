import { type Browser, chromium } from 'playwright';
import { findChromium } from '../../../scripts/ensure-browser.mjs';

/** Hosts that mean this machine; no other name is ever looked up, so that nothing a test does leaves it. */
const resolver = [
  'MAP *.demo.test 127.0.0.1',
  'MAP * ~NOTFOUND',
  'EXCLUDE localhost',
  'EXCLUDE *.localhost',
  'EXCLUDE 127.0.0.1',
].join(', ');

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--host-resolver-rules=${resolver}`,
];

/** A headless Chromium as users have it, the back/forward cache included. */
export const launch = async (): Promise<Browser> => {
  const executablePath = await findChromium();
  if (executablePath === undefined) throw new Error('No Chromium: run `node scripts/ensure-browser.mjs`.');
  return chromium.launch({ executablePath, args, ignoreDefaultArgs: ['--disable-back-forward-cache'] });
};

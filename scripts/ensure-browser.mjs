// Says where the browsers are that the tests drive, and installs them where that is possible.
// With names as arguments (`Chromium`), it looks after those alone.
// Order: an environment variable, what is installed, apt-get (root on Debian and Ubuntu), Playwright's download.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { aptInstall, firstOf, onPath, run } from './debian.mjs';

/** The path of a Chromium on this machine, or `undefined`. */
export const findChromium = async () => {
  const { chromium } = await import('playwright');
  const windows = ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap((name) => {
    const folder = process.env[name];
    return folder === undefined ? [] : [join(folder, 'Google/Chrome/Application/chrome.exe')];
  });
  return firstOf([
    process.env.CHROMIUM_PATH,
    ...onPath('chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ...windows,
    chromium.executablePath(),
  ]);
};

/** The path of a Firefox on this machine, or `undefined`. */
export const findFirefox = async () =>
  firstOf([
    process.env.FIREFOX_PATH,
    ...onPath('firefox-esr', 'firefox'),
    '/Applications/Firefox.app/Contents/MacOS/firefox',
  ]);

/** WebKitGTK's driver and small browser, and a screen for them, or `undefined`. */
export const findWebKit = async () => {
  // The folder is named after the architecture on Debian, and after the version everywhere.
  const libraries = ['/usr/lib', '/usr/libexec'].filter((folder) => existsSync(folder));
  const nested = libraries.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const folders = [...libraries, ...nested.filter((folder) => folder.endsWith('-linux-gnu'))];
  const versions = ['webkit2gtk-4.1', 'webkitgtk-6.0', 'webkit2gtk-4.0'];
  const driver = firstOf([process.env.WEBKIT_DRIVER_PATH, ...onPath('WebKitWebDriver')]);
  const browser = firstOf(versions.flatMap((version) => folders.map((folder) => join(folder, version, 'MiniBrowser'))));
  const screen = firstOf(onPath('Xvfb'));
  if (driver === undefined || browser === undefined || screen === undefined) return undefined;
  return { driver, browser, screen };
};

const allEngines = [
  { name: 'Chromium', find: findChromium, packages: ['chromium'], or: 'set CHROMIUM_PATH to one' },
  { name: 'Firefox', find: findFirefox, packages: ['firefox-esr'], or: 'set FIREFOX_PATH to one' },
  { name: 'WebKitGTK', find: findWebKit, packages: ['webkit2gtk-driver', 'xvfb'], or: 'use a Linux that has them' },
];

const asked = process.argv.slice(2);
const engines = asked.length === 0 ? allEngines : allEngines.filter(({ name }) => asked.includes(name));

const missing = async () => {
  const found = await Promise.all(engines.map(({ find }) => find()));
  return engines.filter((_, index) => found[index] === undefined);
};

const install = async () => {
  const wanted = (await missing()).map(({ packages }) => packages);
  // The certificate of the tests' HTTPS servers is made with it.
  if (firstOf(onPath('openssl')) === undefined) wanted.push(['openssl']);
  aptInstall(wanted);
  if ((await findChromium()) === undefined) {
    run(process.execPath, ['node_modules/playwright/cli.js', 'install', 'chromium']);
  }
};

/** In CI, where they can all be had, no engine may be passed over in silence. */
export const areAllNeeded = process.env.CI === 'true' && process.platform === 'linux';

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await install();
  for (const { name, packages, or } of await missing()) {
    const isNeeded = areAllNeeded || name === 'Chromium';
    const what = isNeeded ? 'was not found' : 'was not found, so its tests are skipped';
    console.error(`${name} ${what}: install ${packages.join(' and ')}, or ${or}.`);
    if (isNeeded) process.exitCode = 1;
  }
}

// Says where the browser is that the tests drive, and installs it where that is possible.
// Order: CHROMIUM_PATH, an installed browser, apt-get (root on Debian and Ubuntu), Playwright's download.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ...['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap((name) => {
    const folder = process.env[name];
    return folder === undefined ? [] : [join(folder, 'Google/Chrome/Application/chrome.exe')];
  }),
];

const isRunnable = (file) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const playwrightsOwn = async () => {
  const { chromium } = await import('playwright');
  return chromium.executablePath();
};

/** The path of a Chromium on this machine, or `undefined`. */
export const findChromium = async () => {
  const onPath = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  const candidates = [process.env.CHROMIUM_PATH, ...onPath, ...places, await playwrightsOwn()];
  return candidates.find((file) => file !== undefined && file !== '' && isRunnable(file));
};

const run = (command, args) =>
  spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: 300_000,
  }).status === 0;

const install = () => {
  const isDebianRoot = process.getuid?.() === 0 && isRunnable('/usr/bin/apt-get');
  if (isDebianRoot && run('apt-get', ['update', '-qq'])) {
    const quiet = ['-y', '-qq', '-o=Dpkg::Use-Pty=0', '-o=DPkg::Lock::Timeout=300', '--no-install-recommends'];
    if (run('apt-get', ['install', ...quiet, 'chromium'])) return;
  }
  run(process.execPath, ['node_modules/playwright/cli.js', 'install', 'chromium']);
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if ((await findChromium()) === undefined) install();
  if ((await findChromium()) === undefined) {
    console.error(
      'No Chromium found: install one (for example `apt-get install chromium`), or set CHROMIUM_PATH to it.',
    );
    process.exitCode = 1;
  }
}

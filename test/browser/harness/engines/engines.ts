import { areAllNeeded, findFirefox, findWebKit } from '../../../../scripts/ensure-browser.mjs';
import type { Engine } from './engine.ts';
import { launchChromium, launchFirefox } from './playwright.ts';
import { launchWebKit } from './webkit/webkit.ts';

export type EngineName = 'chromium' | 'firefox' | 'webkit';

export const engines: Readonly<Record<EngineName, () => Promise<Engine>>> = {
  chromium: launchChromium,
  firefox: launchFirefox,
  webkit: launchWebKit,
};

const missing = [
  ...((await findFirefox()) === undefined ? (['firefox'] as const) : []),
  ...((await findWebKit()) === undefined ? (['webkit'] as const) : []),
];

/** The engines that this machine has to do without. One that is needed is never among them: its tests fail. */
export const passedOver: ReadonlySet<EngineName> = new Set(areAllNeeded ? [] : missing);

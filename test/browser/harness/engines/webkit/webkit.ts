import { setTimeout as pause } from 'node:timers/promises';
import { findWebKit } from '../../../../../scripts/ensure-browser.mjs';
import type { DrivenPage } from '../../driven-page.ts';
import { endAll } from '../../end-all.ts';
import type { Profile } from '../../profile.ts';
import type { Engine } from '../engine.ts';
import { startDriver } from './driver.ts';
import { type Heard, pageOf } from './page.ts';
import { startScreen } from './screen.ts';
import { type Session, startSession } from './session.ts';

/** WebKitGTK. Each profile is a browser of its own: a session keeps nothing, and a driver has but one. */
export const launchWebKit = async (): Promise<Engine> => {
  const found = await findWebKit();
  if (found === undefined) throw new Error('No WebKitGTK: run `node scripts/ensure-browser.mjs`.');
  const screen = await startScreen(found.screen);
  const open = new Set<Profile>();
  return {
    profile: async () => {
      const driver = await startDriver(found.driver, screen.display);
      try {
        const session = await startSession(driver.command, found.browser);
        const profile = profileOf(session, async () => {
          open.delete(profile);
          // The browser takes its children with it when it is ended in order; the leash is for all other cases.
          await Promise.race([session.end().catch(() => {}), pause(10_000, undefined, { ref: false })]);
          await driver.end();
        });
        open.add(profile);
        return profile;
      } catch (error) {
        await driver.end();
        throw error;
      }
    },
    close: async () => {
      await endAll([...open].map((profile) => profile.close));
      await screen.end();
    },
  };
};

const profileOf = (session: Session, close: () => Promise<void>): Profile => {
  const heard: Heard = { said: [], uncaught: [] };
  const pages = new Map<string, DrivenPage>();
  return {
    open: async () => {
      const handle = await session.openWindow();
      const page = pageOf(session, handle, heard, () => pages.delete(handle));
      pages.set(handle, page);
      return page;
    },
    pages: () => [...pages.values()],
    spying: heard,
    cookies: async () => {
      const [handle] = pages.keys();
      if (handle === undefined) return [];
      return session.inWindow(handle, (command) => command('GET', '/cookie'));
    },
    close,
  };
};

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { DrivenPage } from '../../driven-page.ts';
import { begin, type Fetched, fetchNotes, takeNotes } from './in-page.ts';
import type { Session } from './session.ts';
import type { Command } from './webdriver.ts';

/** What the pages of a profile have said. */
export interface Heard {
  readonly said: string[];
  readonly uncaught: string[];
}

const evaluationMs = 90_000;
const pollMs = 15;

/** A window of a session as a page. */
export const pageOf = (session: Session, handle: string, heard: Heard, closed: () => void): DrivenPage => {
  const run = (command: Command, expression: string, ...args: readonly string[]) =>
    command<string>('POST', '/execute/sync', { script: `return (${expression})`, args });

  const listen = async (command: Command, id = ''): Promise<Fetched> => {
    const fetched: Fetched = JSON.parse(await run(command, `(${fetchNotes})((${takeNotes})(), arguments[0])`, id));
    heard.said.push(...fetched.said);
    heard.uncaught.push(...fetched.uncaught);
    return fetched;
  };

  const evaluate = async (what: (arg: never) => unknown, arg?: unknown): Promise<unknown> => {
    const id = randomUUID();
    const since = performance.now();
    const text = JSON.stringify(arg, (_, value) => (value === undefined ? '\u0000undefined' : value));
    await session.inWindow(handle, (command) =>
      run(command, `(${begin})((${takeNotes})(), arguments[0], ${what}, arguments[1])`, id, text),
    );
    while (performance.now() - since < evaluationMs) {
      const { known, ended } = await session.inWindow(handle, (command) => listen(command, id));
      if (!known) throw new Error('The page was left before the evaluation ended.');
      if (ended?.error !== undefined) throw new Error(ended.error);
      if (ended !== undefined) return ended.value ?? undefined;
      await pause(pollMs);
    }
    throw new Error(`An evaluation has not ended within ${evaluationMs} ms.`);
  };

  /** What was said must be heard before the page is gone, and from the beginning on the next one. */
  const leave = (go: (command: Command) => Promise<unknown>): Promise<unknown> =>
    session.inWindow(handle, async (command) => {
      await listen(command);
      await go(command);
      await listen(command);
    });

  return {
    evaluate: evaluate as DrivenPage['evaluate'],
    goto: (url) => leave((command) => command('POST', '/url', { url })),
    reload: () => leave((command) => command('POST', '/refresh')),
    close: async () => {
      await session.inWindow(handle, async (command) => {
        await listen(command);
        await command('DELETE', '/window');
      });
      closed();
    },
  };
};

import type { Command, Terminal } from '../command.ts';
import { USAGE } from './arguments/options.ts';
import { readArguments } from './arguments/read-arguments.ts';
import { judgeAll } from './checks.ts';
import { readCredentials, signInType } from './credentials.ts';
import { isAnswered } from './observations.ts';
import { counts, reportJson, reportText } from './report.ts';
import { observe } from './requests/observe.ts';
import type { Transport } from './requests/send.ts';

/** `npx silent-refresh doctor <url>`: checks an auth server against the contract, from outside. */
export const doctor: Command = {
  name: 'doctor',
  summary: 'checks your auth server against the contract',
  run: (args, terminal) => runDoctor(args, terminal, { fetch, now: Date.now }),
};

/** The same, by any transport. */
export async function runDoctor(args: readonly string[], terminal: Terminal, transport: Transport): Promise<number> {
  if (args.includes('--help')) {
    terminal.write(USAGE);
    return 0;
  }
  const told = readArguments(args);
  const credentials = await readCredentials(told, terminal);
  const { target, timeoutMs, isJson, isStrict } = told;
  const seen = await observe({ target, credentials, signInType: signInType(told), timeoutMs }, transport);
  const verdict = judgeAll(seen);
  terminal.write(visible((isJson ? reportJson : reportText)(seen, verdict)));
  if (!seen.exchanges.some(isAnswered)) return 2;
  const { warning, error } = counts(verdict.findings);
  return error > 0 || (isStrict && warning > 0) ? 1 : 0;
}

// Names and paths of cookies are the server's: none of them is to give orders to the terminal.
function visible(report: string): string {
  return report.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

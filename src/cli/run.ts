import { type Command, type Terminal, UsageError } from './command.ts';
import { doctor } from './doctor/doctor.ts';
import { keygen } from './keygen.ts';

const COMMANDS: readonly Command[] = [doctor, keygen];

/** Runs the command that the arguments name; gives the exit status, 2 for arguments that cannot be taken. */
export async function run([name, ...args]: readonly string[], terminal: Terminal): Promise<number> {
  if (name === undefined || name === '--help' || name === 'help') {
    terminal.write(usage());
    return name === undefined ? 2 : 0;
  }
  const command = COMMANDS.find((each) => each.name === name);
  if (command === undefined) {
    terminal.warn(`This command is not known.\n\n${usage()}`);
    return 2;
  }
  try {
    return await command.run(args, terminal);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.warn(`${error.message}\n\nSee: npx silent-refresh ${name} --help`);
    return 2;
  }
}

function usage(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const lines = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'Usage: npx silent-refresh <command>',
    '',
    ...lines,
    '',
    'npx silent-refresh <command> --help says more.',
  ].join('\n');
}

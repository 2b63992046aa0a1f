/** One command of `npx silent-refresh`. */
export interface Command {
  readonly name: string;
  /** What it does, in one line. */
  readonly summary: string;
  /** Runs it and gives the exit status. Rejects with a {@link UsageError} for arguments that it cannot take. */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

/** What a command needs of the terminal it runs in. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes a result to standard output. */
  write(text: string): void;
  /** Writes what is no result to standard error. */
  warn(text: string): void;
  /** Asks for a text that is not shown while it is typed; `undefined` where nobody can be asked. */
  askSecret(question: string): Promise<string | undefined>;
}

/** The arguments are wrong. The message says how, and what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

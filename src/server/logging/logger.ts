import type { AuthorityEvent } from '../events.ts';
import { assertFunction, checkKnown } from '../option-values.ts';
import { type ErrorReport, reportsOf } from './error-report.ts';

/** How much a line matters: `error` wants somebody to look, `warn` wants to be counted, `info` is the daily business. */
type LogLevel = 'info' | 'warn' | 'error';

/** A failure of the app's own, to be logged beside those of the authority. */
export interface AppFailure {
  readonly type: 'failed';
  readonly at: number;
  /** Where, in a word of the app's. */
  readonly endpoint: string;
  readonly error: unknown;
}

export interface LoggerOptions {
  /** Takes a line, without the line break at its end. Default `console.info`. */
  write?(line: string): void;
}

const LEVELS: Readonly<Record<AuthorityEvent['type'], LogLevel>> = {
  'signed-in': 'info',
  'signed-out': 'info',
  'sign-in-refused': 'warn',
  'sign-in-throttled': 'warn',
  refreshed: 'info',
  'refresh-replayed': 'info',
  'refresh-recovered': 'info',
  'refresh-duplicate': 'info',
  'refresh-rejected': 'info',
  'refresh-throttled': 'warn',
  'refresh-reused': 'error',
  'store-behind': 'warn',
  revoked: 'info',
  'token-revoked': 'info',
  'request-refused': 'warn',
  'token-refused': 'info',
  failed: 'error',
};

/**
 * Makes a listener for `onEvent` that writes each event as one line of JSON:
 *
 * ```ts
 * createAuthority({ …, onEvent: createLogger() });
 * // {"time":"2030-01-01T00:00:00.250Z","level":"info","type":"signed-in","sid":"…","userId":"1"}
 * ```
 *
 * No value breaks out of its line: control characters, line separators and characters that change the direction of text
 * are escaped. Events hold no token, cookie or header. Of an error there are the class, the code and the stack, of its
 * causes the class and the code. The message is there for errors of this package alone, since others may quote the
 * value that caused them.
 */
export function createLogger(options: LoggerOptions = {}): (event: AuthorityEvent | AppFailure) => void {
  checkKnown(options, { write: true });
  const { write = toConsole() } = options;
  assertFunction('write', write, ' that takes a line');
  return (event) => {
    const { at, type, ...facts } = event;
    const level = LEVELS[type];
    const error = 'error' in event ? { error: errorFacts(event.error) } : {};
    write(escaped(JSON.stringify({ time: new Date(at).toISOString(), level, type, ...facts, ...error })));
  };
}

function errorFacts(error: unknown): object {
  const [{ frames, ...outermost }, ...causes] = reportsOf(error) as [ErrorReport, ...ErrorReport[]];
  const withoutFrames = causes.map(({ frames: _, ...cause }) => cause);
  return {
    ...outermost,
    ...(frames.length > 0 && { stack: frames.join('\n') }),
    ...(withoutFrames.length > 0 && { causes: withoutFrames }),
  };
}

// JSON leaves most of these as they are; within its texts they may be written as escapes.
function escaped(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

function toConsole(sink: Pick<Console, 'info'> = console): (line: string) => void {
  return (line) => sink.info(line);
}

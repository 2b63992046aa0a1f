import { MisuseError, UnavailableError } from '../errors.ts';

/** What may be told of an error: where it comes from, and its message only where that quotes nothing. */
export interface ErrorReport {
  /** The class, which is code; a `name` could be anything. */
  readonly name: string;
  /** Of our own errors alone: another's may quote a password that it stumbled over. */
  readonly message?: string;
  /** Such as `ECONNREFUSED`. */
  readonly code?: string;
  /** `at …` lines, without the query of a module's address. */
  readonly frames: readonly string[];
}

const CODE = /^[A-Z0-9_]{2,40}$/;
const MAX_CAUSES = 4;

/** Reports an error and its causes, the outermost first. */
export function reportsOf(error: unknown): ErrorReport[] {
  const reports: ErrorReport[] = [];
  // Counted, since an error can be its own cause.
  for (let current = error; reports.length < MAX_CAUSES; current = (current as Error).cause) {
    reports.push(reportOf(current));
    if (!(current instanceof Error) || current.cause === undefined) break;
  }
  return reports;
}

function reportOf(error: unknown): ErrorReport {
  if (!(error instanceof Error)) return { name: 'something that is not an Error', frames: [] };
  const { message, code } = error as Error & { code?: unknown };
  const isOwn = error instanceof MisuseError || error instanceof UnavailableError;
  return {
    name: error.constructor.name,
    ...(isOwn && { message }),
    ...(typeof code === 'string' && CODE.test(code) && { code }),
    frames: framesOf(error),
  };
}

// After the message, which may have lines that look like a place.
function framesOf({ message, stack = '' }: Error): string[] {
  const frames = stack.includes(message) ? stack.slice(stack.indexOf(message) + message.length) : '';
  return [...frames.matchAll(/^\s+(at .+:\d+:\d+\)?)$/gm)].map(([, frame = '']) => frame.replace(/\?[^\s):]*/g, ''));
}

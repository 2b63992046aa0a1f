import type { AuthorityEvent } from '../../src/server/index.ts';

export type LoggedEvent =
  | AuthorityEvent
  | { readonly type: 'failed'; readonly at: number; readonly endpoint: 'app'; readonly error: unknown };

/**
 * Writes events as lines of JSON, which no value can break out of. Events hold ids and never a token or a cookie; an error
 * is reduced to its name and place, since its message may quote what it stumbled over.
 */
export function createEventLog(write: (line: string) => void): (event: LoggedEvent) => void {
  return ({ at, ...event }) => {
    const error = 'error' in event ? { error: nameAndPlace(event.error) } : {};
    write(JSON.stringify({ at: new Date(at).toISOString(), ...event, ...error }));
  };
}

function nameAndPlace(error: unknown): string {
  if (!(error instanceof Error)) return 'not an Error';
  const { name, message, stack = '' } = error;
  const [place = ''] = stack.slice(stack.indexOf(message) + message.length).match(/\n\s+at .*/) ?? [];
  return `${name} ${place.trim()}`;
}

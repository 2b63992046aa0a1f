import type { AuthorityEvent } from '../events.ts';
import { ADVICE } from '../http/refusals.ts';
import { reportsOf } from './error-report.ts';

type Sink = Pick<Console, 'error' | 'warn'>;

// Bounds memory: an app can fail in many places.
const MAX_LINES = 100;

const TOKEN_REFUSALS = {
  malformed: 'its `Authorization` header is malformed',
  'in-url': 'it has `access_token` in its URL, where logs and histories keep it',
  invalid: 'its token is not one of ours: check that `keys`, `issuer` and `audience` are the same in all processes',
  expired: 'its token has expired',
  revoked: 'its token was revoked',
  ended: 'the session of its token has ended',
} as const;

/**
 * A listener for authorities that were given none: failures go to `console.error` and refusals to `console.warn`, each
 * kind once, so that a fault in the set-up is seen and a log is not flooded.
 *
 * Of an error that the app or its store threw it shows the name, the code and the place, but not the message, which may
 * quote a credential.
 */
export function createConsoleListener(sink: Sink = console): (event: AuthorityEvent) => void {
  const told = new Set<string>();
  return (event) => {
    const line = lineFor(event);
    if (line === undefined || told.has(line) || told.size >= MAX_LINES) return;
    told.add(line);
    const text = `silent-refresh: ${line} Shown once; pass \`onEvent\` to hear of every occurrence instead.`;
    if (event.type === 'failed') sink.error(text);
    else sink.warn(text);
  };
}

function lineFor(event: AuthorityEvent): string | undefined {
  switch (event.type) {
    case 'failed':
      return `A request failed at ${event.endpoint}, and was answered with 500 or 503: ${describe(event.error)}.`;
    case 'request-refused':
      return `A request was refused at ${event.endpoint} (${event.reason}). ${ADVICE[event.reason]}`;
    case 'token-refused':
      return `A request was refused at the guard: ${TOKEN_REFUSALS[event.reason]}.`;
    case 'sign-in-refused':
      return `\`verifyCredentials\` refused a sign-in, with status ${event.status}.`;
    case 'refresh-rejected':
      if (event.reason === 'unauthentic') {
        return 'A refresh was rejected: its cookie was not made with this `refreshSecret`. Is it the same in all processes, and after a restart?';
      }
      return event.reason === 'unknown'
        ? 'A refresh was rejected: the store does not have its session. It ended long ago; or, with the memory store, it began before a restart or in another process: set `store`.'
        : `A refresh was rejected, since its session has ended (${event.reason}).`;
    case 'refresh-reused':
      return event.reason === 'spent'
        ? 'A refresh token that had been spent came back, so its session was ended: somebody may have copied it.'
        : 'Refresh tokens that had been spent came back in several generations in a row (`maxReplaysInARow`), so their session was ended: somebody may have copied them, or several origins refresh in step.';
    case 'store-behind':
      return 'A refresh token came that is newer than its record in the store, and was honoured. A fail-over or a restored backup explains that; if there was none, the store loses writes.';
    case 'sign-in-throttled':
      return `Sign-ins were throttled by ${event.by}.`;
    case 'refresh-throttled':
      return 'Refreshes of a session were throttled. An honest page refreshes about once in the life of a token, in each tab at most.';
    default:
      return undefined;
  }
}

function describe(error: unknown): string {
  const described = reportsOf(error).map(({ name, message, code, frames: [place] }) =>
    message === undefined ? [name, code, place].filter(Boolean).join(' ') : message.replace(/\.$/, ''),
  );
  return [...new Set(described)].join(', caused by ');
}

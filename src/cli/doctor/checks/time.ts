import { sessionCookies } from '../cookies/session-cookies.ts';
import { error, type Finding, ok, warning } from '../finding.ts';
import { answerTo, isAnswered, type Observations } from '../observations.ts';
import { tokensOf } from '../tokens-of.ts';

/** What most verifiers of tokens tolerate. */
const TOLERANCE_MS = 30_000;
const SHORTEST_SECONDS = 30;
const LONGEST_SECONDS = 3600;

/** Whether the clocks of the server agree with that of this machine. */
export function checkClock({ exchanges }: Observations): readonly Finding[] | undefined {
  const measured = exchanges.filter(isAnswered).flatMap(({ answer, sentAt, receivedAt }) => {
    const middle = (sentAt + receivedAt) / 2;
    const iat = tokensOf(answer)?.raw.iat;
    // Both are cut to whole seconds.
    const offset = (at: number): number => at + 500 - middle;
    return [
      { of: 'Date', offsetMs: offset(Date.parse(answer.headers.get('date') ?? '')) },
      { of: 'iat', offsetMs: typeof iat === 'number' ? offset(iat * 1000) : Number.NaN },
    ].filter(({ offsetMs }) => !Number.isNaN(offsetMs));
  });
  // The smallest: an answer that was long on its way, or a token that was given out again, shows more than there is.
  const best = ['Date', 'iat'].flatMap((of) => {
    const own = measured.filter((each) => each.of === of);
    return own.sort((a, b) => Math.abs(a.offsetMs) - Math.abs(b.offsetMs)).slice(0, 1);
  });
  if (best.length === 0) return undefined;
  const off = best.filter(({ offsetMs }) => Math.abs(offsetMs) > TOLERANCE_MS);
  const names = best.map(({ of }) => (of === 'Date' ? 'the Date header' : 'iat of the access token'));
  if (off.length === 0)
    return [
      ok('clock', `${names.join(' and ')} ${names.length > 1 ? 'agree' : 'agrees'} with the clock of this machine`),
    ];
  return [
    warning(
      'clock',
      off.map(({ of, offsetMs }) => `${of} is ${inWords(offsetMs)} of this machine`).join('; '),
      'APIs with another clock refuse tokens that are good, or take tokens that have expired.',
      'Find out which of the two clocks is wrong, and set it by NTP.',
    ),
  ];
}

/** Whether the access token lives neither too long nor too short. */
export function checkLifetime(observations: Observations): readonly Finding[] | undefined {
  const signIn = answerTo(observations, 'sign-in');
  const lifetimeMs = signIn && tokensOf(signIn)?.lifetimeMs;
  if (lifetimeMs === undefined) return undefined;
  const seconds = lifetimeMs / 1000;
  const shorter = sessionCookies(observations)?.find(({ lifetime }) => lifetime !== undefined && lifetime < seconds);
  if (shorter !== undefined) {
    return [
      error(
        'lifetime',
        `the access token lives for ${seconds} s, and ${shorter.name} for ${Math.round(shorter.lifetime ?? 0)} s`,
        'The browser deletes the cookie before the first refresh is due, and the user is signed out.',
        'Set Max-Age to the seconds that are left of the session.',
      ),
    ];
  }
  const seen = `the access token lives for ${seconds} s`;
  if (seconds > LONGEST_SECONDS) {
    return [
      warning(
        'lifetime',
        seen,
        'A token that is stolen, or whose session has ended, is good as long as that.',
        'Let it live for 5 to 15 minutes: the client refreshes it in the background.',
      ),
    ];
  }
  if (seconds < SHORTEST_SECONDS) {
    return [
      warning(
        'lifetime',
        seen,
        'The client refreshes all the time, and slow requests arrive with a token that has expired.',
        'Let it live for 5 to 15 minutes.',
      ),
    ];
  }
  return [ok('lifetime', seen)];
}

function inWords(offsetMs: number): string {
  const seconds = Math.round(Math.abs(offsetMs) / 1000);
  const length = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} minutes`;
  return `${length} ${offsetMs > 0 ? 'ahead' : 'behind'}`;
}

import { spelledOut } from './spelled-out.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * What a second factor, or a challenge on the way to it, is called. Whole words: a random `state` may hold
 * any three letters.
 */
const FACTOR =
  /(?:^|_)(?:mfa|[ht]?otp|2_?step|step_?up)(?:_|$)|(?:^|[_s])2fa(?:_|$)|(?:two|second|multi)_?factor|challenge/;

/** Members that say how far a sign-in has come. */
const PROGRESS = /^(?:status|state|stage|(?:next_?)?(?:step|action)|next|result|reason|error|code|type)$/;

/** Words for a second factor that nothing is missing of: `mfa_enabled: true`, `mfa: 'verified'`. */
const SETTLED =
  /(?:^|_)(?:enabled|disabled|enrolled|configured|supported|active|verified|passed|done|completed?|false|no|none|off|ok)$/;

/**
 * The name of the member by which a response says that the sign-in is not finished, if it does: one named
 * after a second factor or a challenge that is `true`, a text or a list (`mfa_required: true`, `challenge:
 * 'totp'`, `mfa_methods: ['sms']`), or one that tells the progress and names such a step (`status:
 * 'MFA_REQUIRED'`, `next: 'verify-otp'`).
 */
export function furtherStepIn(members: Members): string | undefined {
  return Object.keys(members).find((name) => {
    const spelled = spelledOut(name);
    const value = members[name];
    if (PROGRESS.test(spelled)) return typeof value === 'string' && asksForFactor(spelledOut(value));
    return FACTOR.test(spelled) && !SETTLED.test(spelled) && isAsked(value, spelled);
  });
}

function asksForFactor(spelled: string): boolean {
  return (FACTOR.test(spelled) || /_required$/.test(spelled)) && !SETTLED.test(spelled);
}

function isAsked(value: unknown, name: string): boolean {
  if (value === true) return true;
  if (typeof value === 'string') return value !== '' && !SETTLED.test(spelledOut(value));
  if (Array.isArray(value)) return value.length > 0;
  return (
    typeof value === 'object' &&
    value !== null &&
    (/challenge/.test(name) || ('required' in value && value.required === true))
  );
}

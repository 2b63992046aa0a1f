import { checkCookie } from './checks/cookie.ts';
import { checkCors, checkForeignOrigin } from './checks/cors.ts';
import { checkEndpoints } from './checks/endpoints.ts';
import { checkForgery } from './checks/forgery.ts';
import { checkMethods } from './checks/methods.ts';
import { checkNobody } from './checks/nobody.ts';
import { checkRefresh, checkRepeats, checkReuse } from './checks/rotation.ts';
import { checkNoStore, checkRefreshTokenInBody, checkTokensInAddresses } from './checks/secrecy.ts';
import { checkSignIn } from './checks/sign-in.ts';
import { checkSignOut } from './checks/sign-out.ts';
import { checkClock, checkLifetime } from './checks/time.ts';
import { checkTokenResponse } from './checks/token-response.ts';
import { checkUnanswered } from './checks/unanswered.ts';
import type { Finding } from './finding.ts';
import type { Observations } from './observations.ts';

/** A check: from what was seen to what is to be said of it; `undefined` where too little was seen. */
interface Check {
  readonly subject: string;
  /** What it is about, for the list of what was not checked. */
  readonly about: string;
  judge(observations: Observations): readonly Finding[] | undefined;
}

/** All checks, by subject, in the order of the report. */
const CHECKS: readonly Check[] = [
  { subject: 'Endpoints', about: 'answers', judge: checkUnanswered },
  { subject: 'Endpoints', about: 'endpoints', judge: checkEndpoints },
  { subject: 'Endpoints', about: 'ended sessions', judge: checkNobody },
  { subject: 'Endpoints', about: 'GET', judge: checkMethods },
  { subject: 'CORS', about: 'CORS', judge: checkCors },
  { subject: 'CORS', about: 'foreign origins', judge: checkForeignOrigin },
  { subject: 'Forgery', about: 'forged requests', judge: checkForgery },
  { subject: 'Tokens', about: 'the sign-in', judge: checkSignIn },
  { subject: 'Tokens', about: 'the token response', judge: checkTokenResponse },
  { subject: 'Tokens', about: 'the access-token lifetime', judge: checkLifetime },
  { subject: 'Tokens', about: 'no-store', judge: checkNoStore },
  { subject: 'Tokens', about: 'refresh tokens in bodies', judge: checkRefreshTokenInBody },
  { subject: 'Tokens', about: 'tokens in addresses', judge: checkTokensInAddresses },
  { subject: 'Cookie', about: 'the cookie', judge: checkCookie },
  { subject: 'Rotation', about: 'rotation', judge: checkRefresh },
  { subject: 'Rotation', about: 'repeated refreshes', judge: checkRepeats },
  { subject: 'Rotation', about: 'reuse', judge: checkReuse },
  { subject: 'Sign-out', about: 'the sign-out', judge: checkSignOut },
  { subject: 'Clock', about: 'the clock', judge: checkClock },
];

/** A finding, and what it is about. */
export interface ReportedFinding extends Finding {
  readonly subject: string;
}

/** What all checks say of what was seen. */
export interface Verdict {
  readonly findings: readonly ReportedFinding[];
  /** What could not be checked. */
  readonly notChecked: readonly string[];
}

export function judgeAll(observations: Observations): Verdict {
  const judged = CHECKS.map((check) => ({ ...check, found: check.judge(observations) }));
  return {
    findings: judged.flatMap(({ subject, found = [] }) => found.map((finding) => ({ subject, ...finding }))),
    notChecked: judged.filter(({ found }) => found === undefined).map(({ about }) => about),
  };
}

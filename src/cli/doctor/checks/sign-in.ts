import { describe, isGranted } from '../exchange.ts';
import { error, type Finding, ok } from '../finding.ts';
import { answered, type Observations } from '../observations.ts';
import { refusesOwnPages } from '../reachability.ts';

/** Whether the credentials get an answer that the client can read. */
export function checkSignIn(observations: Observations): readonly Finding[] | undefined {
  const signIn = answered(observations, 'sign-in');
  if (signIn === undefined || refusesOwnPages(observations)) return undefined;
  const { answer } = signIn;
  const { status } = answer;
  // Said elsewhere.
  if (status === 429) return undefined;
  if (!isGranted(answer)) {
    return [
      error(
        'sign-in',
        `the sign-in is answered ${describe(answer)}`,
        'Nothing that needs a session can be checked.',
        status >= 500
          ? 'See the log of the server. If something reads the body before the endpoint does, mount the endpoint before it.'
          : 'Check --user and the password, the names of the fields (--user-field, --password-field, --field), and --form.',
      ),
    ];
  }
  const { read } = answer;
  if ('problem' in read) {
    return [
      error(
        'sign-in',
        read.problem,
        'The client takes such an answer for a second step, or for no token response at all.',
        observations.target.answerFields.accessToken === undefined
          ? 'Answer 200 with access_token, token_type and expires_in (RFC 6749 section 5.1), or name the field that holds the token: --access-token-field. Check a user without a second factor.'
          : 'Check --access-token-field: the name of the field, or a path such as data.jwt. Check a user without a second factor.',
      ),
    ];
  }
  return [ok('sign-in', `the sign-in is answered ${status} with an access token`)];
}

import { type Terminal, UsageError } from '../command.ts';
import type { DoctorArguments } from './arguments/read-arguments.ts';
import type { Credentials } from './requests/session.ts';

/** The environment variable that a password may be in. */
const VARIABLE = 'SILENT_REFRESH_PASSWORD';

/** What to sign in with; `undefined` where no user was given. Throws a `UsageError` where no password can be had. */
export async function readCredentials(args: DoctorArguments, terminal: Terminal): Promise<Credentials | undefined> {
  if (args.user === undefined) return undefined;
  const password = await passwordOf(args, terminal);
  const { fields, isForm } = args;
  const sent = Object.fromEntries([...fields.others, [fields.user, args.user], [fields.password, password]]);
  const contentType = signInType(args);
  return { contentType, body: isForm ? new URLSearchParams(sent).toString() : JSON.stringify(sent) };
}

/** The content type of a sign-in. */
export function signInType({ isForm }: DoctorArguments): string {
  return isForm ? 'application/x-www-form-urlencoded' : 'application/json';
}

async function passwordOf({ password }: DoctorArguments, { env, warn, askSecret }: Terminal): Promise<string> {
  if (password !== undefined) {
    warn(`The password is in the history of your shell now, and in the list of processes. Better set ${VARIABLE}.`);
    return password;
  }
  const known = env[VARIABLE] ?? (await askSecret('Password: '));
  if (known === undefined || known === '') throw new UsageError(`There is no password: set ${VARIABLE}.`);
  return known;
}

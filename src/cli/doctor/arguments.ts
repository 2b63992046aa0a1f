import { parseArgs } from 'node:util';
import { UsageError } from '../command.ts';
import type { EndpointName } from './exchange.ts';
import type { Target } from './target.ts';

/** What the command was told. */
export interface DoctorArguments {
  readonly target: Target;
  readonly user: string | undefined;
  /** As given in the command line. */
  readonly password: string | undefined;
  /** The fields of a sign-in: the names of those for user and password, and further ones. */
  readonly fields: { readonly user: string; readonly password: string; readonly others: readonly [string, string][] };
  /** Whether the sign-in is sent as a form and not as JSON. */
  readonly isForm: boolean;
  readonly timeoutMs: number;
  readonly isJson: boolean;
  /** Whether warnings count as errors. */
  readonly isStrict: boolean;
}

const OPTIONS = {
  origin: { type: 'string' },
  'sign-in': { type: 'string', default: '/auth/login' },
  refresh: { type: 'string', default: '/auth/refresh' },
  'sign-out': { type: 'string', default: '/auth/logout' },
  user: { type: 'string' },
  password: { type: 'string' },
  'user-field': { type: 'string', default: 'username' },
  'password-field': { type: 'string', default: 'password' },
  field: { type: 'string', multiple: true },
  form: { type: 'boolean', default: false },
  timeout: { type: 'string', default: '10' },
  json: { type: 'boolean', default: false },
  strict: { type: 'boolean', default: false },
} as const;

export const USAGE = `Usage: npx silent-refresh doctor <url> [options]

Checks an auth server against the contract between it and the client: the endpoints, CORS, the cookie, the
tokens, rotation and the sign-out. <url> is the origin of the auth server, such as https://auth.example.com.

  --origin <origin>       the origin of the app's pages, if it is another one
  --sign-in <path>        default /auth/login; also --refresh (/auth/refresh) and --sign-out (/auth/logout)
  --user <name>           a user for tests. The doctor signs in up to three times, and ends each session
  --password <password>   better in SILENT_REFRESH_PASSWORD, or typed when you are asked for it
  --user-field <name>     the field of the sign-in that holds the user, default username
  --password-field <name> default password
  --field <name=value>    a further field of the sign-in; may be given again
  --form                  sends the sign-in as a form, not as JSON
  --timeout <seconds>     how long to wait for each answer, default 10
  --json                  prints JSON
  --strict                warnings count as errors

Exit status: 0 no errors, 1 errors, 2 wrong arguments or no answer at all.`;

/** Reads the arguments. Throws a `UsageError` that never repeats a value, which may be a secret. */
export function readArguments(args: readonly string[]): DoctorArguments {
  const { values, positionals } = parse(args);
  const [given, ...more] = positionals;
  if (given === undefined || more.length > 0) throw new UsageError('Give one address: the origin of the auth server.');
  const base = originIn('The address', given);
  const seconds = Number(values.timeout);
  if (!(seconds > 0 && seconds <= 120)) throw new UsageError('--timeout takes seconds, more than 0 and at most 120.');
  if (values.password !== undefined && values.user === undefined) throw new UsageError('--password needs --user.');
  return {
    target: {
      endpoints: endpointsOf(values, base),
      pageOrigin: values.origin === undefined ? base : originIn('--origin', values.origin),
    },
    user: values.user,
    password: values.password,
    fields: {
      user: values['user-field'],
      password: values['password-field'],
      others: (values.field ?? []).map(pairOf),
    },
    isForm: values.form,
    timeoutMs: seconds * 1000,
    isJson: values.json,
    isStrict: values.strict,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    // Its message names the option, and may quote what was given for it.
    const [option] = /--[a-z-]+/.exec(message) ?? [];
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') throw new UsageError('There is an option that is not known.');
    throw new UsageError(`${option ?? 'An option'} has no value, or one that it does not take.`);
  }
}

function endpointsOf(paths: Readonly<Record<EndpointName, string>>, base: string): Record<EndpointName, URL> {
  const resolve = (name: EndpointName): URL => {
    const url = URL.canParse(paths[name], base) ? new URL(paths[name], base) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '') {
      throw new UsageError(`--${name} takes a path, such as /auth/${name}, or an address of http or https.`);
    }
    return url;
  };
  return { 'sign-in': resolve('sign-in'), refresh: resolve('refresh'), 'sign-out': resolve('sign-out') };
}

function originIn(what: string, given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  if (isOrigin) return url.origin;
  throw new UsageError(
    `${what} has to be an origin, such as https://auth.example.com: with http or https, and without path, query and user. Paths go into --sign-in, --refresh and --sign-out.`,
  );
}

function pairOf(field: string): [string, string] {
  const at = field.indexOf('=');
  if (at < 1) throw new UsageError('--field takes a name and a value: --field tenant=acme.');
  return [field.slice(0, at), field.slice(at + 1)];
}

import { parseArgs } from 'node:util';
import { UsageError } from '../../command.ts';
import type { Target } from '../target.ts';
import { OPTIONS } from './options.ts';
import { readTarget } from './read-target.ts';

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

/** Reads the arguments. Throws a `UsageError` that never repeats a value, which may be a secret. */
export function readArguments(args: readonly string[]): DoctorArguments {
  const { values, positionals } = parse(args);
  const [given, ...more] = positionals;
  if (given === undefined || more.length > 0) throw new UsageError('Give one address: the origin of the auth server.');
  const target = readTarget(given, values);
  const seconds = Number(values.timeout);
  if (!(seconds > 0 && seconds <= 120)) throw new UsageError('--timeout takes seconds, more than 0 and at most 120.');
  if (values.password !== undefined && values.user === undefined) throw new UsageError('--password needs --user.');
  return {
    target,
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
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') throw new UsageError('One of the options is not known.');
    throw new UsageError(`${option ?? 'An option'} has no value, or one that it does not take.`);
  }
}

function pairOf(field: string): [string, string] {
  const at = field.indexOf('=');
  if (at < 1) throw new UsageError('--field takes a name and a value: --field tenant=acme.');
  return [field.slice(0, at), field.slice(at + 1)];
}

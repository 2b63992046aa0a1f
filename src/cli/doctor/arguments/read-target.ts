import { UsageError } from '../../command.ts';
import type { EndpointName, Method } from '../exchange.ts';
import { ENDPOINTS } from '../reachability.ts';
import type { Target } from '../target.ts';
import type { AnswerFields } from '../tokens-of.ts';

type FieldOption = `${'access-token' | 'expires-in' | 'sid' | 'seq' | 'user-id'}-field`;
type HeaderOption = `${'client' | 'idempotency-key'}-header`;

/** The options that say what is checked. */
type Values = Readonly<Record<EndpointName | `${EndpointName}-method` | HeaderOption, string>> &
  Readonly<Partial<Record<'origin' | FieldOption, string | undefined>>>;

const METHODS: readonly string[] = ['POST', 'PUT', 'PATCH', 'DELETE'];

/** A name, or names with dots between them. None is as long as the parts of a JWT are. */
const FIELD = /^[\w$@:-]{1,64}(?:\.[\w$@:-]{1,64})*$/;

/** RFC 9110 section 5.6.2. */
const HEADER = /^[\w!#$%&'*+.^`|~-]+$/;

/** What is checked, at the address. Throws a `UsageError` that repeats no value. */
export function readTarget(address: string, values: Values): Target {
  const base = originIn('The address', address);
  const target = {
    endpoints: forEach((name) => endpointIn(values, name, base)),
    methods: forEach((name) => methodIn(values, name)),
    answerFields: answerFieldsIn(values),
    headers: {
      client: headerIn(values, 'client-header'),
      idempotencyKey: headerIn(values, 'idempotency-key-header'),
    },
    pageOrigin: values.origin === undefined ? base : originIn('--origin', values.origin),
  };
  checkDistinct(target);
  return target;
}

function forEach<Value>(read: (name: EndpointName) => Value): Record<EndpointName, Value> {
  return { 'sign-in': read('sign-in'), refresh: read('refresh'), 'sign-out': read('sign-out') };
}

function originIn(what: string, given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  if (isOrigin) return url.origin;
  throw new UsageError(
    `${what} has to be an origin, such as https://auth.example.com: with http or https, and without path, query and user. Paths go into --sign-in, --refresh and --sign-out.`,
  );
}

function endpointIn(values: Values, name: EndpointName, base: string): URL {
  const url = URL.canParse(values[name], base) ? new URL(values[name], base) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '') {
    throw new UsageError(`--${name} takes a path, such as /auth/${name}, or an address of http or https.`);
  }
  return url;
}

function methodIn(values: Values, name: EndpointName): Method {
  const method = values[`${name}-method`].toUpperCase();
  if (METHODS.includes(method)) return method as Method;
  throw new UsageError(
    `--${name}-method takes POST, PUT, PATCH or DELETE. GET is none of them: links and prefetching send it, so it must change nothing.`,
  );
}

function checkDistinct({ endpoints, methods }: Pick<Target, 'endpoints' | 'methods'>): void {
  for (const [at, name] of ENDPOINTS.entries()) {
    const same = ENDPOINTS.slice(0, at).find(
      (other) => endpoints[other].href === endpoints[name].href && methods[other] === methods[name],
    );
    if (same === undefined) continue;
    throw new UsageError(
      `--${same} and --${name} have the same address and the same method, ${methods[name]}: give one another path, or set --${name}-method.`,
    );
  }
}

function answerFieldsIn(values: Values): AnswerFields {
  const fields = {
    accessToken: fieldIn(values, 'access-token-field'),
    expiresIn: fieldIn(values, 'expires-in-field'),
    sid: fieldIn(values, 'sid-field'),
    seq: fieldIn(values, 'seq-field'),
    userId: fieldIn(values, 'user-id-field'),
  };
  const { accessToken, expiresIn, sid, seq } = fields;
  if (accessToken !== undefined || (expiresIn ?? sid ?? seq) === undefined) return fields;
  throw new UsageError(
    '--expires-in-field, --sid-field and --seq-field need --access-token-field: the client reads these fields together, by `readTokens`.',
  );
}

function fieldIn(values: Values, option: FieldOption): string | undefined {
  const { [option]: field } = values;
  if (field === undefined || FIELD.test(field)) return field;
  throw new UsageError(
    `--${option} takes the name of a field, such as jwt, or a path to it, such as data.jwt, and not what is in it.`,
  );
}

function headerIn(values: Values, option: HeaderOption): string {
  if (HEADER.test(values[option])) return values[option];
  throw new UsageError(`--${option} takes the name of a header, such as X-Requested-With.`);
}

/** The options of the doctor, for `parseArgs`. */
export const OPTIONS = {
  origin: { type: 'string' },
  'sign-in': { type: 'string', default: '/auth/login' },
  refresh: { type: 'string', default: '/auth/refresh' },
  'sign-out': { type: 'string', default: '/auth/logout' },
  'sign-in-method': { type: 'string', default: 'POST' },
  'refresh-method': { type: 'string', default: 'POST' },
  'sign-out-method': { type: 'string', default: 'POST' },
  'access-token-field': { type: 'string' },
  'expires-in-field': { type: 'string' },
  'sid-field': { type: 'string' },
  'seq-field': { type: 'string' },
  'user-id-field': { type: 'string' },
  'client-header': { type: 'string', default: 'X-Auth-Client' },
  'idempotency-key-header': { type: 'string', default: 'Idempotency-Key' },
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

  --origin <origin>            the origin of the app's pages, if it is another one

Signing in:
  --user <name>                a user for tests. The doctor signs in up to three times, and ends each session
  --password <password>        better in SILENT_REFRESH_PASSWORD, or typed when you are asked for it
  --user-field <name>          the field of the sign-in that holds the user, default username
  --password-field <name>      default password
  --field <name=value>         a further field of the sign-in; may be given again
  --form                       sends the sign-in as a form, not as JSON

A server with paths, methods and names of its own:
  --sign-in <path>             default /auth/login; also --refresh (/auth/refresh) and --sign-out (/auth/logout)
  --sign-in-method <method>    default POST; also --refresh-method and --sign-out-method
  --access-token-field <name>  the field of an answer that holds the access token: jwt, or a path such as data.jwt
  --expires-in-field <name>    beside it, the field with its lifetime in seconds; also --sid-field and --seq-field
  --user-id-field <name>       the field of an answer, or of the JWT, that says who the user is
  --client-header <name>       default X-Auth-Client; also --idempotency-key-header (Idempotency-Key)

  --timeout <seconds>          how long to wait for each answer, default 10
  --json                       prints JSON
  --strict                     warnings count as errors

Exit status: 0 no errors, 1 errors, 2 wrong arguments or no answer at all.`;

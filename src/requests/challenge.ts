/** One challenge of a `WWW-Authenticate` header; names in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly params: ReadonlyMap<string, string>;
}

const TOKEN = "[!#$%&'*+.^_`|~\\w-]+";
/** A parameter: name, `=` with optional white space, and a token or a quoted string. */
const PARAM = new RegExp(`^(${TOKEN})\\s*=\\s*(?:(${TOKEN})|"((?:[^"\\\\]|\\\\.)*)")\\s*(?=,|$)`);
/** A scheme alone, or before its parameters, or with a token68. */
const SCHEME = new RegExp(`^(${TOKEN})(?:\\s+(?:[\\w.~+/-]+=*\\s*(?=,|$))?|\\s*(?=,|$))`);

/**
 * Reads a `WWW-Authenticate` header (RFC 9110 §11.6.1): any number of challenges, quoted strings with commas
 * and escapes, schemes in any case. Reading stops at what cannot be parsed; the challenges before it count.
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; params: Map<string, string> }[] = [];
  let rest = header;
  for (;;) {
    rest = rest.replace(/^[\s,]+/, '');
    const asParam = challenges.length > 0 ? PARAM.exec(rest) : null;
    const found = asParam ?? SCHEME.exec(rest);
    if (found === null) return challenges;
    const name = (found[1] as string).toLowerCase();
    if (asParam === null) challenges.push({ scheme: name, params: new Map() });
    else challenges.at(-1)?.params.set(name, asParam[2] ?? (asParam[3] as string).replace(/\\(.)/g, '$1'));
    rest = rest.slice(found[0].length);
  }
}

/** Whether a 401 comes from a proxy and not from the server: it wants a password or a network log-in. */
export function isProxyChallenge(headers: Headers): boolean {
  return parseChallenges(headers.get('www-authenticate') ?? '').some(({ scheme }) =>
    /^(basic|negotiate|ntlm)$/.test(scheme),
  );
}

/**
 * Whether a response says that the access token is not accepted: a 401 without a challenge (or one that CORS
 * hides), or with a Bearer challenge that names no error or `invalid_token` (RFC 6750 §3.1).
 */
export function isTokenChallenge(response: Response): boolean {
  if (response.status !== 401) return false;
  const header = response.headers.get('www-authenticate');
  if (header === null) return true;
  return parseChallenges(header).some(({ scheme, params }) => {
    const error = params.get('error');
    return scheme === 'bearer' && (error === undefined || error === 'invalid_token');
  });
}

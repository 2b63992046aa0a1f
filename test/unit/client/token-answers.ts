const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

let minted = 0;

/** An access token that is a JWT with these claims, unlike any before. */
export const jwtOf = (claims: Readonly<Record<string, unknown>>): string =>
  `${encoded({ typ: 'at+jwt' })}.${encoded(claims)}.secret-${++minted}`;

/** An access token that says nothing, unlike any before. */
export const opaque = (): string => `opaque-secret-${++minted}`;

/** A token response good for five minutes. `text` is spliced in as it is, for numbers that JavaScript cannot write. */
export const tokenAnswer = (members: Readonly<Record<string, unknown>>, text = ''): Response =>
  new Response(`${JSON.stringify({ access_token: opaque(), expires_in: 300, ...members }).slice(0, -1)}${text}}`, {
    headers: { 'Content-Type': 'application/json' },
  });

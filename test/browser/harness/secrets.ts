/** Everything that was given out and may be found nowhere in a page. */
export interface Secrets {
  /** Notes the tokens and cookies of an answer. */
  learn(response: Response): Promise<void>;
  /** The secrets that stand in a text. */
  foundIn(text: string): readonly string[];
  readonly accessTokens: ReadonlySet<string>;
  readonly cookieValues: ReadonlySet<string>;
}

export const createSecrets = (): Secrets => {
  const accessTokens = new Set<string>();
  const cookieValues = new Set<string>();
  return {
    accessTokens,
    cookieValues,
    learn: async (response) => {
      for (const cookie of response.headers.getSetCookie()) {
        const value = cookie.slice(cookie.indexOf('=') + 1, cookie.indexOf(';'));
        if (value !== '') cookieValues.add(value);
      }
      const body: unknown = await response
        .clone()
        .json()
        .catch(() => undefined);
      if (typeof body === 'object' && body !== null && 'access_token' in body) {
        accessTokens.add(String(body.access_token));
      }
    },
    foundIn: (text) => [...accessTokens, ...cookieValues].flatMap(parts).filter((part) => text.includes(part)),
  };
};

/** What of a secret is secret: not the header of a JWT, nor the name of the session that a cookie begins with. */
const parts = (secret: string): string[] =>
  (secret.includes('.') ? secret.split('.').slice(1) : [secret]).filter((part) => part.length > 15);

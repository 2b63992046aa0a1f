import { createHash, randomBytes, randomUUID } from 'node:crypto';

const LIFE_MS = 15 * 60_000;

interface Link {
  readonly email: string;
  readonly browserHash: string;
  readonly expiresAt: number;
}

/** What signs in: the token goes into the mail, `browser` into a cookie of the browser that asked. */
interface NewLink {
  readonly token: string;
  readonly browser: string;
}

/** Links that sign in once, within a quarter of an hour, in the browser that asked for them. */
export interface Links {
  create(email: string): NewLink;
  /** The address that the link was sent to, and the end of the link. */
  use(token: string, browser: string): string | undefined;
  /** What is kept: nothing that would sign anybody in. */
  stored(): string;
}

/**
 * Links in memory. With a database, `use` is one statement, so that of two requests one wins:
 * `delete from link where token_hash = ? and browser_hash = ? and expires_at > ? returning email`.
 */
export function createLinks(now: () => number): Links {
  const links = new Map<string, Link>();

  return {
    create(email) {
      for (const [hash, { expiresAt }] of links) if (expiresAt <= now()) links.delete(hash);
      const token = randomBytes(32).toString('base64url');
      const browser = randomUUID();
      links.set(hashOf(token), { email, browserHash: hashOf(browser), expiresAt: now() + LIFE_MS });
      return { token, browser };
    },
    use(token, browser) {
      const hash = hashOf(token);
      const link = links.get(hash);
      // Another browser's attempt does not use the link up.
      if (link === undefined || link.browserHash !== hashOf(browser) || link.expiresAt <= now()) return undefined;
      links.delete(hash);
      return link.email;
    },
    stored: () => JSON.stringify([...links]),
  };
}

// Random enough to need no salt.
function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
